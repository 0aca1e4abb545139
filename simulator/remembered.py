"""What was worked out before, by key: for what every operation asks, and mostly again."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Final, TypeVar

K = TypeVar("K")
V = TypeVar("V")

MOST: Final = 2**17  # keys; the four that every device has take some 0.7 kB together


class Remembered(dict[K, V]):
    """`remembered[key]` is `make(key)`, called once a key; of too many, the one that came last is forgotten.

    So the first ones stay, which is as good as any choice where all are asked for alike, and costs nothing: to forget
    all at once takes tens of milliseconds, and to know which was used last touches that one's neighbours at every use.
    """

    __slots__ = ("_make", "_most")

    def __init__(self, make: Callable[[K], V], most: int = MOST) -> None:
        super().__init__()
        self._make = make
        self._most = most

    def foresee(self, made: Iterable[tuple[K, V]]) -> None:
        """Remember what will be asked for, as `make` would have it, while there is room."""
        self.update(islice(made, max(0, self._most - len(self))))

    def __missing__(self, key: K) -> V:
        """Make it."""
        if len(self) >= self._most:
            self.popitem()
        made = self[key] = self._make(key)
        return made
