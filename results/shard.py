"""A part of a journal or a history: the registers that fall to one of several judges."""

import re
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from results.errors import UsageError

_MOST: Final = 999_999  # parts


@dataclass(frozen=True, slots=True)
class Shard:
    """The `index`-th of `count` parts, counted from 1; every register is in exactly one."""

    index: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """What i/n names. Raises UsageError."""
        found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text, re.ASCII)
        if found is None or not 1 <= int(found[1]) <= int(found[2]):
            raise UsageError(f"--shard {text} names no part: give i/n, as in 2/8, with i from 1 to n.")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def has(self, registers: NDArray[Any]) -> NDArray[np.bool_]:
        """Which of the registers, integers of any kind, are in it."""
        wide = registers if registers.dtype == np.uint64 else registers.astype(np.int64, copy=False)
        if self.count == 1:
            return np.ones(len(wide), np.bool_)
        mine: NDArray[np.bool_] = wide % wide.dtype.type(self.count) == self.index - 1
        return mine


WHOLE = Shard(1, 1)


def how_many(option: str, text: str, least: int = 1, most: int = _MOST) -> int:
    """The whole number that an option gives, from `least` to `most`. Raises UsageError."""
    if re.fullmatch(r"[0-9]{1,18}", text, re.ASCII) is None or not least <= int(text) <= most:
        raise UsageError(f"{option} {text} is not a whole number from {least} to {most}.")
    return int(text)
