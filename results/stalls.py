"""The generator's own delays: when it stood still, and how much of an operation's time that was.

The journal does not say which worker an operation ran in, so a stall of any worker is held against all operations
it overlaps. That takes out too much rather than too little: a gate is called violated only where the backend is to
blame even so.

Of two causes the kernel tells how much they took and not when: others had the CPU for 8 of these 50 ms. An operation is
held to have lost all of the 8, if it was under way for so long within the 50.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from results.journal.record import ABSENT, Call, Cause

_BUCKET: Final = 50_000_000  # ns, the time between two looks


@dataclass(frozen=True, slots=True)
class Stalls:
    """All of a run's. `merged` has shape (n, 2): disjoint intervals, ascending, monotonic ns."""

    merged: NDArray[np.int64]
    collections: NDArray[np.int64]  # garbage's, as above; they are among the merged ones
    taken: int  # ns for which others had the CPU, of all workers together
    _buckets: NDArray[np.int64]  # number of each span of 50 ms, ascending, in which others had the CPU
    _taken: NDArray[np.int64]  # for so long, ns; of several workers the one that lost most

    @classmethod
    def of(cls, records: NDArray[np.void]) -> Self:
        """Take them out of `records` (dtype RECORD, any order)."""
        mine = records[records["call"] == Call.STALL]
        whole = mine["value"] == ABSENT
        collections = mine[whole & (mine["fault"] == Cause.COLLECTION)]
        parts = mine[~whole]
        return cls(_merged(mine[whole]), _merged(collections), int(parts["value"].sum()), *_taken(parts))

    @property
    def longest(self) -> int:
        """Of the merged ones, ns; 0 if there is none."""
        return _longest(self.merged)

    @property
    def total(self) -> int:
        """Of the merged ones, ns."""
        return _total(self.merged)

    @property
    def longest_collection(self) -> int:
        """In ns; 0 if none was noted."""
        return _longest(self.collections)

    @property
    def collected(self) -> int:
        """How long garbage was collected, ns, of the collections long enough to be noted."""
        return _total(self.collections)

    def within(self, sent: NDArray[np.int64], done: NDArray[np.int64]) -> NDArray[np.int64]:
        """How much of each [sent, done] the generator may have stood still: shape (n,), ns."""
        known = _until(self.merged, done) - _until(self.merged, sent)
        within: NDArray[np.int64] = np.minimum(known + self._taken_within(sent, done), done - sent)
        return within

    def _taken_within(self, sent: NDArray[np.int64], done: NDArray[np.int64]) -> NDArray[np.int64]:
        if not len(self._buckets):
            return np.zeros(len(sent), np.int64)
        first, last = sent // _BUCKET, done // _BUCKET
        until_next = np.minimum((first + 1) * _BUCKET, done) - sent
        from_last = np.where(last > first, done - last * _BUCKET, 0)
        between = np.where(last > first, self._before(last) - self._before(first + 1), 0)
        within: NDArray[np.int64] = (
            np.minimum(self._in(first), until_next) + between + np.minimum(self._in(last), from_last)
        )
        return within

    def _before(self, bucket: NDArray[np.int64]) -> NDArray[np.int64]:
        """How much was taken in all buckets before each of these."""
        sums = np.concatenate(([0], np.cumsum(self._taken)))
        found: NDArray[np.int64] = sums[np.searchsorted(self._buckets, bucket)]
        return found

    def _in(self, bucket: NDArray[np.int64]) -> NDArray[np.int64]:
        return self._before(bucket + 1) - self._before(bucket)


def _merged(stalls: NDArray[np.void]) -> NDArray[np.int64]:
    begins, ends = stalls["sent"], stalls["done"]
    order = np.argsort(begins, kind="stable")
    begins, reach = begins[order], np.maximum.accumulate(ends[order])
    if not len(begins):
        return np.empty((0, 2), np.int64)
    # A stall begins an interval of its own only where it begins after everything before it has ended.
    first = np.concatenate(([True], begins[1:] > reach[:-1]))
    last = np.concatenate((first[1:], [True]))
    return np.stack((begins[first], reach[last]), axis=1)


def _taken(stalls: NDArray[np.void]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Spread what was taken over all buckets it may lie in, at most a bucket's length in each."""
    first, last = stalls["sent"] // _BUCKET, stalls["done"] // _BUCKET
    spans = (last - first + 1).astype(np.int64)
    starts = np.repeat(np.cumsum(spans) - spans, spans)
    touched = np.repeat(first, spans) + np.arange(spans.sum()) - starts
    buckets, place = np.unique(touched, return_inverse=True)
    amounts = np.zeros(len(buckets), np.int64)
    np.maximum.at(amounts, place, np.minimum(np.repeat(stalls["value"], spans), _BUCKET))
    return buckets, amounts


def _longest(intervals: NDArray[np.int64]) -> int:
    return int((intervals[:, 1] - intervals[:, 0]).max(initial=0))


def _total(intervals: NDArray[np.int64]) -> int:
    return int(np.sum(intervals[:, 1] - intervals[:, 0]))


def _until(stalls: NDArray[np.int64], moment: NDArray[np.int64]) -> NDArray[np.int64]:
    """How long the generator had stood still by each moment."""
    if not len(stalls):
        return np.zeros(len(moment), np.int64)
    begins, ends = stalls[:, 0], stalls[:, 1]
    before = np.concatenate(([0], np.cumsum(ends - begins)))
    last = np.searchsorted(begins, moment, side="right") - 1  # the last stall begun by then, -1 if none
    after_it = np.maximum(ends[last] - moment, 0)
    return np.where(last < 0, 0, before[last + 1] - after_it).astype(np.int64)
