"""Records of several machines, whose monotonic clocks began at different times, on one clock: the master's.

A worker's clock is known by asking: it sends at t0 by its own clock, the master answers with its time m, and the answer
is there at t1. The master's clock is ahead of the worker's by m - t0 at least (had it taken no time to ask), and by
m - t1 at the most negative: the offset lies in [m - t1, m - t0]. Clocks drift, so it is asked before the load and after
it, and all that either answer allows is allowed. A record is shifted by the middle of that, and is wrong by half its
width at most. So every interval is widened by this bound before any order is judged: of what is closer than that,
nobody can say what came first, and both orders are allowed.
"""

from collections.abc import Iterable
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from results.journal.record import NOBODY, Call


class Clock(NamedTuple):
    """How far the master's clock is ahead of a worker's, and how wrong that may be; ns."""

    offset: int
    bound: int

    @classmethod
    def of(cls, asked: Iterable[tuple[int, int, int]]) -> Self:
        """From (t0, m, t1) of every answer of one time, near one another: what all of them allow."""
        spans = [(m - t1, m - t0) for t0, m, t1 in asked]
        return cls._between(max(low for low, _ in spans), min(high for _, high in spans))

    @classmethod
    def over(cls, clocks: Iterable[Self]) -> Self:
        """What any of the clocks, of several times, allows."""
        known = list(clocks)
        return cls._between(min(one.offset - one.bound for one in known), max(one.offset + one.bound for one in known))

    @classmethod
    def _between(cls, low: int, high: int) -> Self:
        return cls((low + high) // 2, abs(high - low + 1) // 2)


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
