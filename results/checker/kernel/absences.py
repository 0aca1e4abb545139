"""V4 and V5, compiled: whether deletes explain every absence; see `results.checker.sweep`."""

from results.checker.kernel.compiling import compiled
from results.checker.kernel.sorting import Numbers, below, sort_by
from results.checker.kernel.zones import EARLIEST, Columns, Space
from results.checker.operation import ABSENT, DELETE, READ


@compiled
def explained(ops: Columns, space: Space, zones: int, forward: int) -> bool:
    """Whether every absent read has a delete, or comes before all values; `space` holds zones and forward zones."""
    absences = 0
    for at in range(len(ops.kind)):
        absences += ops.kind[at] == READ and ops.value[at] == ABSENT
    if absences == 0:
        return True
    by_end, furthest_start = space.needs[0], space.needs[1]
    for zone in range(zones):
        space.order[zone] = zone
    _furthest(space.ends, space.starts, zones, by_end, furthest_start, space)
    delete_invs, delete_rets, furthest_ret = space.needs[2], space.needs[3], space.needs[4]
    deletes = _deletes(ops, space)
    afters, untils = space.needs[5], space.needs[6]
    needs = 0
    for at in range(len(ops.kind)):
        if ops.kind[at] != READ or ops.value[at] != ABSENT:
            continue
        begun = below(by_end, zones, ops.inv[at])
        if begun == 0:
            continue  # the initial absence explains it
        after = furthest_start[begun - 1]
        possible = below(delete_invs, deletes, ops.ret[at] + 1)
        if ops.ret[at] < after or possible == 0 or furthest_ret[possible - 1] < after:  # V4
            return False
        afters[needs], untils[needs] = after, ops.ret[at]
        needs += 1
    return _met(needs, delete_invs, delete_rets, deletes, forward, space)


@compiled
def _furthest(
    begins: Numbers, reaches: Numbers, count: int, sorted_begins: Numbers, furthest: Numbers, space: Space
) -> None:
    """Sort the first `count` of `space.order` by their begins, and fill in how far those up to each reach."""
    sort_by(begins, space.order, count, space.spare)
    far = EARLIEST
    for place in range(count):
        item = space.order[place]
        far = max(far, reaches[item])
        sorted_begins[place], furthest[place] = begins[item], far


@compiled
def _deletes(ops: Columns, space: Space) -> int:
    """Fill in the deletes by their start: its time, the end, the furthest end so far; how many there are."""
    count = 0
    for at in range(len(ops.kind)):
        if ops.kind[at] == DELETE:
            space.order[count] = at
            count += 1
    _furthest(ops.inv, ops.ret, count, space.needs[2], space.needs[4], space)
    for place in range(count):
        space.needs[3][place] = ops.ret[space.order[place]]
    return count


@compiled
def _met(needs: int, invs: Numbers, rets: Numbers, deletes: int, forward: int, space: Space) -> bool:
    """V5: a delete of its own for each need that no earlier one's moment serves."""
    order, heap, afters, untils = space.order, space.needs[7], space.needs[5], space.needs[6]
    for need in range(needs):
        order[need] = need
    sort_by(untils, order, needs, space.spare)
    begun, waiting, placed, is_placed = 0, 0, 0, False
    for place in range(needs):
        after = afters[order[place]]
        if is_placed and placed >= after:
            continue
        latest = _free(untils[order[place]], forward, space)
        while waiting < deletes and invs[waiting] <= latest:
            _push(heap, begun, waiting, rets)
            begun += 1
            waiting += 1
        is_placed = False
        while begun and not is_placed:
            delete = heap[0]
            begun -= 1
            _pop(heap, begun, rets)
            placed = min(latest, _free(rets[delete], forward, space))
            is_placed = placed >= after and placed >= invs[delete]
        if not is_placed:
            return False
    return True


@compiled
def _free(time: int, forward: int, space: Space) -> int:
    """The latest moment up to `time` that is inside no forward zone."""
    before = below(space.begins, forward, time)
    return space.begins[before - 1] if before and time < space.reaches[before - 1] else time


@compiled
def _push(heap: Numbers, size: int, item: int, keys: Numbers) -> None:
    """Add to a heap of positions, the one with the least key first."""
    at = size
    while at and keys[heap[(at - 1) // 2]] > keys[item]:
        heap[at] = heap[(at - 1) // 2]
        at = (at - 1) // 2
    heap[at] = item


@compiled
def _pop(heap: Numbers, size: int, keys: Numbers) -> None:
    """Take the first away; `size` is what is left."""
    moved, at = heap[size], 0
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size and keys[heap[child + 1]] < keys[heap[child]]:
            child += 1
        if keys[heap[child]] >= keys[moved]:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = moved
