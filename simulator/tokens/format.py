"""What a token looks like from outside, and which forms each push type wears.

A form writes a write's block as text and reads it back. Reading proves nothing: whoever reads writes again and
compares, so that a change of any character anywhere is seen by one rule for all forms.

A device keeps its form while its tokens rotate: which of a type's forms an installation has is drawn from fleet, device
and install by the shares that the forms were registered with.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from itertools import accumulate
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from simulator.errors import UsageError
from simulator.tokens.errors import TokenError
from simulator.tokens.provenance import Provenance
from simulator.tokens.types import PushType

# Knuth's multiplicative hashing: what follows one another is spread evenly, and the upper bits are taken.
_OF_DEVICE: Final = 0x9E3779B97F4A7C15
_OF_INSTALL: Final = 0xC2B2AE3D27D4EB4F
_OF_FLEET: Final = 0x165667B19E3779F9
_WORD: Final = 2**64 - 1
_DRAW_BITS: Final = 16


class Form(ABC):
    """A form of tokens; a file in `formats` defines some and calls `register` with each."""

    name: str  # as `token mint --form` takes it
    types: tuple[PushType, ...]
    lengths: range  # how many characters a whole token may have
    shortest: int  # how many characters of a cut token it takes to name its write
    in_bulk: ClassVar[bool] = True  # whether it has `write_many` and `read_many`

    @property
    def width(self) -> int:
        """Characters of the longest token."""
        return self.lengths[-1]

    @abstractmethod
    def write(self, provenance: Provenance) -> str:
        """The token of one write."""

    @abstractmethod
    def read(self, token: str) -> Provenance | None:
        """The write that an ASCII string claims to come from, or None. It may be cut, folded, or not a token at all."""

    def same(self, token: str, minted: str) -> bool:
        """Whether `token` is, as a value, what was minted."""
        return token == minted

    def write_many(self, plain: NDArray[np.void]) -> NDArray[np.uint8]:
        """The tokens, uint8 (n, width), of n > 0 writes given as records of codec.PLAIN."""
        raise NotImplementedError

    def read_many(self, tokens: NDArray[np.uint8]) -> NDArray[np.void]:
        """What n > 0 strings, uint8 (n, width), claim, as records of codec.PLAIN. Any bytes are allowed in them."""
        raise NotImplementedError

    def tell(self, token: str) -> TokenError | None:  # noqa: ARG002 - for forms that know more
        """What an ASCII string that cannot be read still tells about itself, if anything."""
        return None


_forms: dict[str, Form] = {}
_drawn: dict[PushType, list[tuple[int, Form]]] = {}  # the forms of a type, each with the draw that it ends below
_shares: dict[PushType, list[tuple[float, Form]]] = {}


def register(form: Form, shares: Mapping[PushType, float]) -> None:
    """Let some installations' tokens look like `form`: of each type the share given, the last one taking what is left.

    A form's share may be 0: then it is only read, and minted on request.
    """
    if form.name in _forms:
        raise ValueError(f"there are two forms called {form.name}")
    _forms[form.name] = form
    for kind, share in shares.items():
        _shares.setdefault(kind, []).append((share, form))
        ends = accumulate(each for each, _ in _shares[kind])
        forms = [each for _, each in _shares[kind]]
        _drawn[kind] = [(round(end * 2**_DRAW_BITS), each) for end, each in zip(ends, forms, strict=True)]


def form_of(kind: PushType, fleet: int, device: int, install: int) -> Form:
    """The form that this installation's tokens of a type have."""
    forms = _drawn[kind]
    mixed = (device * _OF_DEVICE ^ install * _OF_INSTALL ^ fleet * _OF_FLEET) & _WORD
    draw = mixed >> (64 - _DRAW_BITS)
    for end, form in forms:
        if draw < end:
            return form
    return forms[-1][1]


def forms_of(kind: PushType, fleet: Any, device: Any, install: Any) -> tuple[list[Form], NDArray[np.intp]]:  # noqa: ANN401 - integer arrays of any width
    """`form_of` in bulk: the type's forms, and for each row the place of its own among them."""
    forms = _drawn[kind]
    devices, installs, fleets = (np.asarray(each).astype(np.uint64) for each in (device, install, fleet))
    mixed = devices * np.uint64(_OF_DEVICE) ^ installs * np.uint64(_OF_INSTALL) ^ fleets * np.uint64(_OF_FLEET)
    draws = (mixed >> np.uint64(64 - _DRAW_BITS)).astype(np.int64)
    places = np.searchsorted([end for end, _ in forms[:-1]], draws, side="right")
    return [form for _, form in forms], places


def form_named(name: str, kind: PushType) -> Form:
    """The form of this name; raises UsageError if there is none, or tokens of this type never have it."""
    form = _forms.get(name)
    if form is None or kind not in form.types:
        known = ", ".join(each.name for each in _forms.values() if kind in each.types)
        raise UsageError(f"tokens of type {kind.wire} have no form {name!r}; theirs are {known}")
    return form


def all_forms() -> tuple[Form, ...]:
    """Every form once."""
    return tuple(_forms.values())


def width_of(kind: PushType) -> int:
    """Characters of the longest token that an installation of this type is given."""
    return max(form.width for _, form in _drawn[kind])
