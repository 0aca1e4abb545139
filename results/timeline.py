"""A run's load cut into slices of time: what was offered, what was achieved, and how long it took."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from results.gates.gate import Evidence
from results.journal.record import Outcome
from results.latency import MAX, MS, P50, P99, counted

# Widths people can read off an axis, in seconds. Slices below one second are for short runs only: they are noisy.
_WIDTHS: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 3600, 7200, 21600, 86400, 604800)
_MOST_SHORT: Final = 60
_MOST: Final = 180

# One sort puts slices in order and the latencies within each: the slice takes the bits above the latency's.
_LATENCY_BITS: Final = 44  # 2**44 ns are 4.9 hours
_LONGEST: Final = 2**_LATENCY_BITS - 1


@dataclass(frozen=True, slots=True)
class Timeline:
    """Each array has shape (n,), a value a slice. A slice without an operation has a latency of NaN."""

    width: float  # seconds; the last slice takes the rest of the load as well, and is up to twice as long
    moments: NDArray[np.float64]  # the slices' middles, seconds since the load began
    offered: NDArray[np.float64]  # operations due, a second, whether sent or not
    achieved: NDArray[np.float64]  # operations that ended well, a second
    errors: NDArray[np.float64]  # operations that ended in fail or info, a second
    waiting: NDArray[np.float64]  # operations due and not yet answered, at the slice's end
    p50: NDArray[np.float64]  # response time of the operations due in the slice, ms
    p99: NDArray[np.float64]
    max: NDArray[np.float64]

    @classmethod
    def of(cls, evidence: Evidence) -> Self | None:
        """Slice a run's load; None if it took no time or had no operation."""
        began, ended = evidence.window
        operations = evidence.operations
        if ended <= began or not len(operations):
            return None
        slices = _Slices.of(began, ended)
        timed = counted(operations)
        well = operations.outcome == Outcome.OK
        p50, p99, most = slices.quantiles(
            operations.intended[timed], (operations.done - operations.intended)[timed], (P50, P99, MAX)
        )
        return cls(
            width=slices.width / 1e9,
            moments=slices.middles(),
            offered=slices.rate(np.concatenate((operations.intended, evidence.unsent["intended"]))),
            achieved=slices.rate(operations.done[well & (operations.done <= ended)]),
            errors=slices.rate(operations.done[~well & ~operations.due & (operations.done <= ended)]),
            waiting=np.cumsum(slices.counts(operations.intended) - slices.counts(operations.done, beyond=False)),
            p50=p50,
            p99=p99,
            max=most,
        )


@dataclass(frozen=True, slots=True)
class _Slices:
    began: int
    ended: int
    width: int  # ns
    count: int

    @classmethod
    def of(cls, began: int, ended: int) -> Self:
        seconds = (ended - began) / 1e9
        width = next((w for w in _WIDTHS if seconds / w <= (_MOST_SHORT if w < 1 else _MOST)), seconds)
        return cls(began, ended, round(width * 1e9), max(1, int(seconds / width)))

    def index(self, moments: NDArray[np.int64]) -> NDArray[np.int64]:
        """The slice of each moment; those outside the load fall into its first or last slice."""
        return np.clip((moments - self.began) // self.width, 0, self.count - 1)

    def edges(self) -> NDArray[np.int64]:
        """Where slices begin, and where the last one ends: shape (count + 1,), ns since the load began."""
        return np.append(np.arange(self.count) * self.width, self.ended - self.began)

    def middles(self) -> NDArray[np.float64]:
        edges = self.edges() / 1e9
        return (edges[1:] + edges[:-1]) / 2

    def counts(self, moments: NDArray[np.int64], *, beyond: bool = True) -> NDArray[np.float64]:
        """How many of the moments lie in each slice; `beyond`: also those after the load, in the last one."""
        mine = moments if beyond else moments[moments <= self.ended]
        return np.bincount(self.index(mine), minlength=self.count).astype(np.float64)

    def rate(self, moments: NDArray[np.int64]) -> NDArray[np.float64]:
        return self.counts(moments) / (np.diff(self.edges()) / 1e9)

    def quantiles(
        self, moments: NDArray[np.int64], durations: NDArray[np.int64], wanted: tuple[Fraction, ...]
    ) -> list[NDArray[np.float64]]:
        """Exact quantiles of the durations (ns) of each slice, in ms; NaN where there is none."""
        keys = self.index(moments) << _LATENCY_BITS | np.clip(durations, 0, _LONGEST)
        keys.sort()
        starts = np.searchsorted(keys, np.arange(self.count + 1, dtype=np.int64) << _LATENCY_BITS)
        counts = np.diff(starts)
        padded = np.append(keys & _LONGEST, 0)
        found = []
        for q in wanted:
            ranks = -(-q.numerator * counts // q.denominator)  # nearest rank, as in results.latency
            places = np.where(counts > 0, starts[:-1] + ranks - 1, len(keys))
            found.append(np.where(counts > 0, padded[places] / MS, np.nan))
        return found
