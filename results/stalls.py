"""The generator's own delays: when it stood still, and how much of an operation's time that was.

The journal does not say which worker an operation ran in, so a stall of any worker is held against all operations
it overlaps. That takes out too much rather than too little: a gate is called violated only where the backend is to
blame even so.
"""

import numpy as np
from numpy.typing import NDArray

from results.journal.record import Call


def merged(records: NDArray[np.void]) -> NDArray[np.int64]:
    """All stalls in `records` as disjoint intervals, ascending: shape (n, 2), monotonic ns."""
    mine = records["call"] == Call.STALL
    begins, ends = records["sent"][mine], records["done"][mine]
    order = np.argsort(begins, kind="stable")
    begins, reach = begins[order], np.maximum.accumulate(ends[order])
    if not len(begins):
        return np.empty((0, 2), np.int64)
    # A stall begins an interval of its own only where it begins after everything before it has ended.
    first = np.concatenate(([True], begins[1:] > reach[:-1]))
    last = np.concatenate((first[1:], [True]))
    return np.stack((begins[first], reach[last]), axis=1)


def longest(stalls: NDArray[np.int64]) -> int:
    """Length of the longest interval in ns; 0 if there is none."""
    return int((stalls[:, 1] - stalls[:, 0]).max(initial=0))


def overlap(stalls: NDArray[np.int64], sent: NDArray[np.int64], done: NDArray[np.int64]) -> NDArray[np.int64]:
    """How long the generator stood still within each [sent, done]: shape (n,), ns; `stalls` as `merged` gives them."""
    return _stalled_until(stalls, done) - _stalled_until(stalls, sent)


def _stalled_until(stalls: NDArray[np.int64], moment: NDArray[np.int64]) -> NDArray[np.int64]:
    if not len(stalls):
        return np.zeros(len(moment), np.int64)
    begins, ends = stalls[:, 0], stalls[:, 1]
    before = np.concatenate(([0], np.cumsum(ends - begins)))
    last = np.searchsorted(begins, moment, side="right") - 1  # the last stall begun by then, -1 if none
    after_it = np.maximum(ends[last] - moment, 0)
    return np.where(last < 0, 0, before[last + 1] - after_it).astype(np.int64)
