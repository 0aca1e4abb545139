"""Records of several machines, whose monotonic clocks began at different times, on one clock: the master's.

A worker's clock is known by asking: it sends at t0 by its own clock, the master answers with its time m, and the answer
is there at t1. The master's clock is ahead of the worker's by m - t0 at least (had it taken no time to ask), and by
m - t1 at the most negative: the offset lies in [m - t1, m - t0]. Clocks drift, so it is asked before the load and after
it, and all that either answer allows is allowed. A record is shifted by the middle of that, and is wrong by half its
width at most. So every interval is widened by this bound before any order is judged: of what is closer than that,
nobody can say what came first, and both orders are allowed. What is right only then is unknown.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from results.journal.reader import Mend
from results.journal.record import NOBODY, Call
from results.run import Run

# Two clocks part by 1 ns in so many at the most: each is off by 100 ppm at worst, and slewed by at most 500 (Linux).
_DRIFTS: Final = 500


class Clock(NamedTuple):
    """How far the master's clock is ahead of a worker's, and how wrong that may be; ns."""

    offset: int
    bound: int

    @classmethod
    def of(cls, asked: Iterable[tuple[int, int, int]]) -> Self:
        """From (t0, m, t1) of every answer of one time, near one another: what all of them allow.

        Answers that contradict one another, as those do during which a clock leapt, tell no more than any of them.
        """
        spans = [(m - t1, m - t0) for t0, m, t1 in asked]
        lows, highs = zip(*spans, strict=True)
        if max(lows) <= min(highs):
            return cls._between(max(lows), min(highs))
        return cls._between(min(lows), max(highs))

    @classmethod
    def over(cls, clocks: Iterable[Self]) -> Self:
        """What any of the clocks, of several times, allows."""
        known = list(clocks)
        return cls._between(min(one.offset - one.bound for one in known), max(one.offset + one.bound for one in known))

    def after(self, passed: int) -> Self:
        """The same clock, for all that was recorded in the `passed` ns before its last answer."""
        return self._replace(bound=self.bound - (-passed // _DRIFTS))

    @classmethod
    def _between(cls, low: int, high: int) -> Self:
        return cls((low + high) // 2, (high - low + 1) // 2)


OWN: Final = Clock(0, 0)  # the master's, as its own workers read it


class Clocks(NamedTuple):
    """The clocks of a run's workers."""

    masters: str  # its identity
    others: Mapping[str, Clock]  # of workers that have another, by their number

    @classmethod
    def of(cls, run: Run) -> Self:
        """As far as the run has measured them."""
        measured = run.load.clocks if run.load is not None else {}
        return cls(run.clock, {worker: Clock(*clock) for worker, clock in measured.items()})

    @property
    def bound(self) -> int:
        """How wrong the time of any record may be, ns."""
        return max((clock.bound for clock in self.others.values()), default=0)

    def on_masters(self, worker: int, clock: str) -> Mend | None:
        """What brings a worker's records onto the master's clock, as `journal.source` wants it."""
        if clock in ("", self.masters):
            return partial(shifted, offset=0)
        measured = self.others.get(str(worker))
        return None if measured is None else partial(shifted, offset=measured.offset)


def shifted(records: NDArray[np.void], offset: int) -> NDArray[np.void]:
    """A worker's records by the master's clock.

    What a gateway has told is by the gateway's clock, which is the master's: of a delivery only the push's own moment,
    by which it is known, is the worker's.
    """
    if not offset:
        return records
    found = records.copy()
    delivery = found["call"] == Call.DELIVERY
    found["sent"][~(delivery & (found["owner"] == NOBODY))] += offset
    for name in ("intended", "done"):
        found[name][~delivery] += offset
    found["value"][found["call"] == Call.PUSH] += offset  # the moment in its mark
    return found


def widened(records: NDArray[np.void], bound: int) -> NDArray[np.void]:
    """The records, each over all the time that it may have taken if clocks are wrong by `bound` ns."""
    if not bound:
        return records
    found = records.copy()
    found["sent"] -= bound
    found["done"] += bound
    found["intended"][found["call"] == Call.DELIVERY] += bound  # a gateway's clock: what it took to answer is known
    found["value"][found["call"] == Call.PUSH] -= bound  # the moment that its deliveries' `sent` repeats
    return found
