"""Zones, compiled: see `results.checker.zones` and `results.checker.rewrites`."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from results.checker.kernel.compiling import compiled
from results.checker.kernel.sorting import Numbers, sort_by
from results.checker.operation import ABSENT, READ, WRITE

EARLIEST: Final = -(2**63) + 1
LATEST: Final = 2**63 - 1
CANNOT_SAY: Final = -1


class Columns(NamedTuple):
    """One register's operations, in any order, as `Operation` has them."""

    kind: NDArray[np.int8]
    value: Numbers
    inv: Numbers
    ret: Numbers
    ok: NDArray[np.bool_]


class Space(NamedTuple):
    """Room for what is made of a register's operations, each as long as they are."""

    ends: Numbers  # by zone: f
    starts: Numbers  # by zone: s
    begins: Numbers  # by forward zone, sorted: f
    reaches: Numbers  # by forward zone: s
    runs: Numbers  # by operation
    order: Numbers
    spare: Numbers
    needs: NDArray[np.int64]  # eight more


@compiled
def zones_of(ops: Columns, space: Space) -> int:
    """Fill in every value's zone; how many there are.

    CANNOT_SAY where a read has no write before it, or a value was written again with something in between.
    """
    order = space.order
    count = 0
    for at in range(len(ops.kind)):
        if ops.kind[at] == WRITE or (ops.kind[at] == READ and ops.value[at] != ABSENT):
            order[count] = at
            count += 1
    sort_by(ops.value, order, count, space.spare)
    zones, begin, know_runs = 0, 0, False
    while begin < count:
        end = begin + 1
        while end < count and ops.value[order[end]] == ops.value[order[begin]]:
            end += 1
        writes = _writes(ops, order, begin, end)
        if writes > 1 and not know_runs:
            _find_runs(ops, space)
            know_runs = True
        made = _zone(ops, space, begin, end, zones, writes)
        if made == CANNOT_SAY:
            return CANNOT_SAY
        zones += made
        begin = end
    return zones


@compiled
def _writes(ops: Columns, order: Numbers, begin: int, end: int) -> int:
    count = 0
    for place in range(begin, end):
        count += ops.kind[order[place]] == WRITE
    return count


@compiled
def _zone(ops: Columns, space: Space, begin: int, end: int, zone: int, writes: int) -> int:
    """Fill in one value's zone: 1, or 0 if nothing shows that it was ever held, or CANNOT_SAY."""
    acknowledged, together = 0, True
    first_write, first_read = LATEST, LATEST
    earliest, latest = LATEST, EARLIEST
    for place in range(begin, end):
        at = space.order[place]
        if ops.kind[at] == WRITE:
            acknowledged += ops.ok[at]
            first_write = min(first_write, ops.inv[at])
            together = together and (writes == 1 or space.runs[at] == writes)
        else:
            first_read = min(first_read, ops.ret[at])
        earliest, latest = min(earliest, ops.ret[at]), max(latest, ops.inv[at])
    if writes == 0 or first_read < first_write or not together or (writes > 1 and acknowledged < writes):
        return CANNOT_SAY
    space.ends[zone], space.starts[zone] = earliest, latest
    return 1 if acknowledged or first_read < LATEST else 0


@compiled
def _find_runs(ops: Columns, space: Space) -> None:
    """For each write, how many of its value follow each other with nothing touching them; 0 where something does."""
    order = np.empty(len(ops.kind), np.int64)  # rare enough to allocate: the values' order is still needed
    count = 0
    for at in range(len(ops.kind)):
        space.runs[at] = 0
        if ops.kind[at] != READ:
            order[count] = at
            count += 1
    sort_by(ops.inv, order, count, space.spare)
    begin, last_end = 0, EARLIEST
    while begin < count:
        first = order[begin]
        end, reach = begin, EARLIEST
        while end < count and ops.kind[order[end]] == ops.kind[first] and ops.value[order[end]] == ops.value[first]:
            reach = max(reach, ops.ret[order[end]])
            end += 1
        following = ops.inv[order[end]] if end < count else LATEST
        if last_end < ops.inv[first] and reach < following:
            for place in range(begin, end):
                space.runs[order[place]] = end - begin
        last_end = max(last_end, reach)
        begin = end
