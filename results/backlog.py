"""The backlog: operations that were due and had no answer yet. It grows while more come than are served."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from results.operations import Operations

_S: Final = 1_000_000_000  # ns


@dataclass(frozen=True, slots=True)
class Backlog:
    """The moment at which most operations waited for their answer, the first where there are several."""

    most: int
    at_s: float  # seconds since the load began


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many operations had no answer yet whenever one became due: only then can it be most."""

    moments: NDArray[np.int64]  # monotonic ns, ascending
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, operations: Operations) -> Self:
        """Count those that wait; where one is answered at the very moment that another is due, it waits no more."""
        moments = np.sort(operations.intended)
        answered = np.searchsorted(np.sort(operations.done), moments, side="right")
        return cls(moments, np.arange(1, len(moments) + 1) - answered)

    def most(self, began: int, first: int, end: int) -> Backlog:
        """The most from the moment `first` on, before `end`; `began`: when the load did. Nothing due is no backlog."""
        left, right = np.searchsorted(self.moments, (first, end))
        if left == right:
            return Backlog(0, max(0, first - began) / _S)
        place = int(left) + int(np.argmax(self.counts[left:right]))
        return Backlog(int(self.counts[place]), (int(self.moments[place]) - began) / _S)
