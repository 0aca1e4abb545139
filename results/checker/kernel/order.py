"""The order check of one register, compiled: see `results.checker.sweep` for the rules and why they are exact."""

from results.checker.kernel.absences import explained
from results.checker.kernel.compiling import compiled
from results.checker.kernel.sorting import below, sort_by
from results.checker.kernel.zones import CANNOT_SAY, Columns, Space, zones_of
from results.checker.operation import DELETE


@compiled
def surely_legal(ops: Columns, space: Space) -> bool:
    """Whether one register's operations are legal beyond doubt."""
    zones = zones_of(ops, space)
    if zones == CANNOT_SAY:
        return False
    forward = _forward(space, zones)
    if forward == CANNOT_SAY or not _nothing_inside(ops, space, zones, forward):
        return False
    return explained(ops, space, zones, forward)


@compiled
def _forward(space: Space, zones: int) -> int:
    """Fill in the forward zones, sorted; how many there are, CANNOT_SAY where two overlap (V1)."""
    ends, order = space.ends, space.order
    count = 0
    for zone in range(zones):
        if ends[zone] < space.starts[zone]:
            order[count] = zone
            count += 1
    sort_by(ends, order, count, space.spare)
    for place in range(count):
        space.begins[place], space.reaches[place] = ends[order[place]], space.starts[order[place]]
        if place and space.begins[place] < space.reaches[place - 1]:
            return CANNOT_SAY
    return count


@compiled
def _nothing_inside(ops: Columns, space: Space, zones: int, forward: int) -> bool:
    """V2 and V3: no backward zone and no acknowledged delete lies inside a forward zone."""
    if forward == 0:
        return True
    for zone in range(zones):
        begin, end = space.starts[zone], space.ends[zone]
        if end >= begin:
            before = below(space.begins, forward, begin)
            if before and end < space.reaches[before - 1]:
                return False
    for at in range(len(ops.kind)):
        if ops.kind[at] == DELETE and ops.ok[at]:
            before = below(space.begins, forward, ops.inv[at])
            if before and ops.ret[at] < space.reaches[before - 1]:
                return False
    return True
