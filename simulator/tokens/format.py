"""What a token looks like from outside, and which forms each push type wears.

A form writes a write's block as text and reads it back. Reading proves nothing: whoever reads writes again and
compares, so that a change of any character anywhere is seen by one rule for all forms.

A device keeps its form while its tokens rotate: which of a type's forms an installation has is drawn from fleet, device
and install by the shares that the forms were registered with.
"""

from abc import ABC, abstractmethod
from bisect import bisect
from collections.abc import Mapping
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.errors import UsageError
from simulator.tokens.errors import TokenError
from simulator.tokens.provenance import Provenance
from simulator.tokens.types import PushType

# An installation's draw is the upper ten of the lower sixteen bits of a sum: Knuth's multiplicative hashing, which
# spreads evenly what is numbered on end. Anything better costs as much as one of the two encryptions of a token.
_OF_DEVICE: Final = 40_503
_OF_INSTALL: Final = 60_493
_DRAW_SHIFT: Final = 6
_DRAWS: Final = 1024
_LAST_DRAW: Final = _DRAWS - 1


class Form(ABC):
    """A form of tokens; a file in `formats` defines some and calls `register` with each."""

    name: str  # as `token mint --form` takes it
    types: tuple[PushType, ...]
    lengths: range  # how many characters a whole token may have
    shortest: int  # how many characters of a cut token it takes to name its write

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

    def bare(self, token: str) -> str:
        """The token without what may be written into it and changes nothing, for comparing its beginning."""
        return token

    def tell(self, token: str) -> TokenError | None:  # noqa: ARG002 - for forms that know more
        """What an ASCII string that cannot be read still tells about itself, if anything."""
        return None


class BulkForm(Form):
    """A form of which many are written and read at the speed of C."""

    @abstractmethod
    def write_many(self, plain: NDArray[np.void]) -> NDArray[np.uint8]:
        """The tokens, uint8 (n, width), of n > 0 writes given as records of codec.PLAIN."""

    @abstractmethod
    def read_many(self, tokens: NDArray[np.uint8]) -> NDArray[np.void]:
        """What n > 0 strings, uint8 (n, width), claim, as records of codec.PLAIN. Any bytes are allowed in them."""


_forms: dict[str, Form] = {}
_shares: dict[PushType, dict[str, float]] = {}
_drawn: dict[PushType, tuple[Form, ...]] = {}  # the form of each draw


def register(form: Form, shares: Mapping[PushType, float]) -> None:
    """Let some installations' tokens look like `form`: of each type the share given, the last one taking what is left.

    A form's share may be 0: then it is only read, and minted on request.
    """
    if form.name in _forms:
        raise ValueError(f"there are two forms called {form.name}")
    _forms[form.name] = form
    for kind, share in shares.items():
        _shares.setdefault(kind, {})[form.name] = share
        ends = [round(end * _DRAWS) for end in accumulate(_shares[kind].values())]
        names = list(_shares[kind])
        _drawn[kind] = tuple(_forms[names[min(bisect(ends, draw), len(ends) - 1)]] for draw in range(_DRAWS))


def form_of(provenance: Provenance) -> Form:
    """The form of a write's token: its installation's in its type."""
    drawn = provenance.device * _OF_DEVICE + provenance.install * _OF_INSTALL + provenance.fleet
    return _drawn[provenance.type][drawn >> _DRAW_SHIFT & _LAST_DRAW]


def forms_of(
    kind: PushType, fleet: NDArray[np.uint64], device: NDArray[np.uint64], install: NDArray[np.uint64]
) -> tuple[list[Form], NDArray[np.intp]]:
    """`form_of` in bulk: the type's forms, and for each of n writes the place of its own among them."""
    forms = list(dict.fromkeys(_drawn[kind]))
    places = np.array([forms.index(form) for form in _drawn[kind]])
    drawn = device * np.uint64(_OF_DEVICE) + install * np.uint64(_OF_INSTALL) + fleet
    return forms, places[drawn >> np.uint64(_DRAW_SHIFT) & np.uint64(_LAST_DRAW)]


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
    return max(form.width for form in _drawn[kind])
