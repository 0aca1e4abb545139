"""Statements about many rows at once: databases bound how many parameters one may have."""

from collections.abc import Iterator, Sequence
from typing import Final

_AT_ONCE: Final = 500


def in_parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """The values, so many at a time that a statement takes them."""
    return (values[first : first + _AT_ONCE] for first in range(0, len(values), _AT_ONCE))


def places(values: Sequence[str]) -> str:
    """A `?` for each."""
    return ", ".join("?" * len(values))
