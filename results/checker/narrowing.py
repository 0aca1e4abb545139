"""A long register, cut down to what its first violation is made of: NumPy finds that, and Python judges it.

What is kept are whole values, each with its write and all of its reads; and either a delete, or all deletes and some
reads that found nothing. A linearizable history stays linearizable when the rest is left out, so that what is wrong
with what is kept is wrong with the whole, whatever is taken for suspect here. And it is told alike: of all operations
that a violation could name it names the one that reaches furthest, and that one is kept.
"""

from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from results.checker.kernel.sorting import Numbers
from results.checker.kernel.zones import Columns
from results.checker.operation import ABSENT, DELETE, READ, WRITE

Places = NDArray[np.intp]

_NOWHERE: Final = -(2**63)


def suspects(ops: Columns) -> NDArray[np.bool_] | None:
    """Which operations of an illegal register to judge it by; None if it takes all of them.

    It does where a value is written again: what else was written tells which of the writes belong together.
    """
    writes = np.flatnonzero(ops.kind == WRITE)
    reads = np.flatnonzero((ops.kind == READ) & (ops.value != ABSENT))
    by_value = np.argsort(ops.value[writes])
    written = ops.value[writes][by_value]
    if not len(written) or (written[1:] == written[:-1]).any():
        return None
    seen = by_value[np.searchsorted(written, ops.value[reads]).clip(max=len(written) - 1)]  # by read: which write
    stray = (ops.value[writes[seen]] != ops.value[reads]) | (ops.ret[reads] < ops.inv[writes[seen]])
    if stray.any():
        kept: NDArray[np.bool_] = (ops.value == ops.value[reads[stray][0]]) & (ops.kind != DELETE)
        return kept
    zones = _Zones.of(ops, writes, reads, seen)
    values, others = _contradicted(ops, zones)
    if not len(values):
        values, others = _unexplained(ops, zones)
    suspect = np.zeros(len(writes), np.bool_)
    suspect[values] = True
    kept = np.zeros(len(ops.kind), np.bool_)
    kept[writes], kept[reads] = suspect, suspect[seen]
    kept[others] = True
    return kept


class _Zones(NamedTuple):
    """As `zones.Zone` has them, of every value, in the order of the writes; and which ones count."""

    f: Numbers
    s: Numbers
    held: Places
    forward: Places

    @classmethod
    def of(cls, ops: Columns, writes: Places, reads: Places, seen: Places) -> Self:
        f, s, held = ops.ret[writes], ops.inv[writes], ops.ok[writes]
        np.minimum.at(f, seen, ops.ret[reads])
        np.maximum.at(s, seen, ops.inv[reads])
        held[seen] = True
        return cls(f, s, np.flatnonzero(held), np.flatnonzero(held & (f < s)))


class _Furthest:
    """As `zones.Furthest`: of the items that begin before a given time, the one that reaches furthest."""

    def __init__(self, begins: Numbers, reaches: Numbers, items: Places) -> None:
        """`items` are places in both."""
        self.items = items[np.argsort(begins[items], kind="stable")]
        self._begins = begins[self.items]
        self._reaches = np.maximum.accumulate(np.append(_NOWHERE, reaches[self.items]))
        further = np.append(False, self._reaches[1:] > self._reaches[:-1])
        self._best = np.append(-1, self.items)[np.maximum.accumulate(np.where(further, np.arange(len(further)), 0))]

    def before(self, times: Numbers) -> tuple[Numbers, Places]:
        """For each time the furthest reach, and whose it is: _NOWHERE and -1 where none has begun."""
        return self._at(np.searchsorted(self._begins, times, "left"))

    def up_to(self, times: Numbers) -> Numbers:
        """For each time the furthest reach of the items that begin then or earlier."""
        return self._at(np.searchsorted(self._begins, times, "right"))[0]

    def earlier(self) -> tuple[Numbers, Places]:
        """For each of `items` the furthest reach, and whose it is, of those before it."""
        return self._at(np.arange(len(self.items)))

    def _at(self, counts: Places) -> tuple[Numbers, Places]:
        return self._reaches[counts], self._best[counts]


def _contradicted(ops: Columns, zones: _Zones) -> tuple[Places, Places]:
    """The first V1, V2 or V3: the values in it, and the delete; nothing of either if there is none."""
    none = np.empty(0, np.intp)
    holding = _Furthest(zones.f, zones.s, zones.forward)
    until, holders = holding.earlier()
    if (overlap := zones.f[holding.items] < until).any():
        return np.append(holding.items[overlap][0], holders[overlap][0]), none
    backward = np.setdiff1d(zones.held, zones.forward, assume_unique=True)
    until, holders = holding.before(zones.s[backward])
    if (inside := zones.f[backward] < until).any():
        return np.append(backward[inside][0], holders[inside][0]), none
    deletes = np.flatnonzero((ops.kind == DELETE) & ops.ok)
    until, holders = holding.before(ops.inv[deletes])
    inside = ops.ret[deletes] < until
    return holders[inside][:1], deletes[inside][:1]


def _unexplained(ops: Columns, zones: _Zones) -> tuple[Places, Places]:
    """The first V4, or V5: the values that come into it, and all deletes with the absent reads."""
    deletes = np.flatnonzero(ops.kind == DELETE)
    absences = np.flatnonzero((ops.kind == READ) & (ops.value == ABSENT))
    after, values = _Furthest(zones.f, zones.s, zones.held).before(ops.inv[absences])
    last = _Furthest(ops.inv, ops.ret, deletes).up_to(ops.ret[absences])
    begun = values >= 0
    if (none := begun & ((ops.ret[absences] < after) | (last < after))).any():
        return values[none][:1], np.append(deletes, absences[none][:1])
    # Where a delete may act depends on the values that are surely held as it, or the read that it explains, ends.
    others = np.append(deletes, absences[begun])
    until, holders = _Furthest(zones.f, zones.s, zones.forward).before(ops.ret[others])
    return np.append(values[begun], holders[ops.ret[others] < until]), others
