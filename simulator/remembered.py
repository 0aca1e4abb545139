"""What was worked out before, by key: for what every operation asks, and mostly again."""

from collections.abc import Callable
from typing import Final, TypeVar

K = TypeVar("K")
V = TypeVar("V")

MOST: Final = 2**17  # as many devices as a core's worker usually has


class Remembered(dict[K, V]):
    """`remembered[key]` is `make(key)`, which is called once a key, until there are too many: then all are forgotten.

    A cache that knows which key was used last moves that to its end at every use, and so touches its neighbours, which
    with a hundred thousand keys are far from the processor.
    """

    __slots__ = ("_make", "_most")

    def __init__(self, make: Callable[[K], V], most: int = MOST) -> None:
        super().__init__()
        self._make = make
        self._most = most

    def __missing__(self, key: K) -> V:
        """Make it."""
        if len(self) >= self._most:
            self.clear()
        made = self[key] = self._make(key)
        return made
