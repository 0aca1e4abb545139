"""What a token looks like from outside, and which format each push type wears.

A format writes a write's block as text and reads it back. Reading proves nothing: whoever reads writes again and
compares, so that a change of any character anywhere is seen by one rule for all formats.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from simulator.errors import UsageError
from simulator.tokens.errors import TokenError
from simulator.tokens.provenance import Provenance
from simulator.tokens.types import PushType


class Format(ABC):
    """A form of tokens; a file in `formats` defines one and calls `register` with it."""

    types: ClassVar[tuple[PushType, ...]]
    lengths: ClassVar[range]  # how many characters a whole token may have
    shortest: ClassVar[int]  # how many characters of a cut token it takes to name its write

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

    @abstractmethod
    def write_many(self, plain: NDArray[np.void]) -> NDArray[np.uint8]:
        """The tokens, uint8 (n, width), of n > 0 writes given as records of codec.PLAIN."""

    @abstractmethod
    def read_many(self, tokens: NDArray[np.uint8]) -> NDArray[np.void]:
        """What n > 0 strings, uint8 (n, width), claim, as records of codec.PLAIN. Any bytes are allowed in them."""

    def tell(self, token: str) -> TokenError | None:  # noqa: ARG002 - for formats that know more
        """What an ASCII string that cannot be read still tells about itself, if anything."""
        return None


_formats: dict[PushType, Format] = {}


def register(form: Format) -> None:
    """Let `form` be what its types look like."""
    for kind in form.types:
        if kind in _formats:
            raise ValueError(f"type {kind.wire} already has the format {type(_formats[kind]).__name__}")
        _formats[kind] = form


def format_of(kind: PushType) -> Format:
    """The format of a type; raises UsageError for a type whose tokens cannot be minted."""
    form = _formats.get(kind)
    if form is None:
        known = ", ".join(sorted(each.wire for each in _formats))
        raise UsageError(f"tokens of type {kind.wire} cannot be minted; those of {known} can")
    return form


def all_formats() -> tuple[Format, ...]:
    """Every format once."""
    return tuple(dict.fromkeys(_formats.values()))
