"""The exact check of one register whose values are written once each: O(n log n), no search.

Why it is exact. A history is linearizable if its operations can be put on moments inside their intervals so that
every read shows what was written last. Each value is held once, for one stretch. Its forward zone must lie within
that stretch, so two forward zones may not overlap (V1), and nothing else may have to happen inside one: neither
another value's whole stretch (V2), nor an acknowledged delete (V3). Backward zones that escape V2 reach a moment
outside all forward zones and can shrink to that moment, so values alone need nothing more (Gibbons and Korach).

An absent read [i, r] must follow a delete, or come before every value. The values with f < i are surely begun
when the read begins; if A is the latest start among them, the read's delete has to act in [A, r]. If there are no
such values, the initial absence explains the read. That is V4 where no delete reaches so far, or r < A. Each delete
acts once, at one moment outside all forward zones, and one moment serves every need [A, r] that contains it: V5 asks
for such moments for all needs together. Taking needs by r, and for each that has no moment yet the delete with the
earliest end, at the latest moment it may act, is best: a delete with a later end can replace it in any solution,
and never the other way round.

Intervals are closed: operations that only touch may have happened in either order. So all comparisons that condemn
are strict, and a delete that begins at the very end of an absent read may still have caused it.
"""

import heapq
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Final, NamedTuple

from results.checker.operation import ABSENT, DELETE, READ, Operation
from results.checker.rule import Rule
from results.checker.zones import Furthest, Violation, Zone, zones_of

_START: Final = attrgetter("inv")


def violations(operations: Sequence[Operation]) -> list[Violation]:
    """What is wrong with one register's history; nothing if, and only if, it is linearizable.

    Every value must be written at most once. Provenance comes first, then V1 to V3, V4 and the first V5: a later
    stage is looked at only where the earlier ones found nothing, since it would tell the same story again.
    """
    zones, strays = zones_of(operations)
    if strays:
        return strays
    deletes = [op for op in operations if op.kind == DELETE]
    forward = sorted((zone for zone in zones if zone.f < zone.s), key=lambda zone: zone.f)
    if forward and (stale := list(_stale(operations, zones, forward, deletes))):
        return stale
    absences = [op for op in operations if op.kind == READ and op.value == ABSENT]
    if not absences:
        return []
    return _missing(absences, zones, forward, deletes)


def _stale(
    operations: Sequence[Operation], zones: list[Zone], forward: list[Zone], deletes: list[Operation]
) -> Iterator[Violation]:
    reads = _by_value(operations)
    furthest = forward[0]
    for zone in forward[1:]:  # V1
        if zone.f < furthest.s:
            older, newer = sorted((furthest, zone), key=lambda one: one.write.inv)
            yield _superseded(Rule.V1, older, newer.first, newer.f, reads)
        furthest = max(furthest, zone, key=lambda one: one.s)
    holding = Furthest((zone.f, zone.s, zone) for zone in forward)
    for zone in zones:  # V2
        if zone.f >= zone.s:
            until, holder = holding.before(zone.s)
            if holder is not None and zone.f < until:
                yield _superseded(Rule.V2, holder, zone.first, zone.f, reads)
    for delete in deletes:  # V3
        until, holder = holding.before(delete.inv)
        if delete.ok and holder is not None and delete.ret < until:
            yield _superseded(Rule.V3, holder, delete, delete.ret, reads)


def _by_value(operations: Sequence[Operation]) -> dict[int, list[Operation]]:
    """The reads of each value, by their start: one stale read may contradict every value that came since."""
    reads: dict[int, list[Operation]] = defaultdict(list)
    for op in operations:
        if op.kind == READ:
            reads[op.value].append(op)
    for of_value in reads.values():
        of_value.sort(key=_START)
    return reads


def _superseded(
    rule: Rule, stale: Zone, since: Operation, end: int, reads: Mapping[int, Sequence[Operation]]
) -> Violation:
    of_value = reads.get(stale.write.value, ())
    blamed = of_value[bisect_right(of_value, end, key=_START) :]
    return Violation(rule, tuple(blamed), held=stale.first, until=stale.last, since=since)


class _Need(NamedTuple):
    """Some delete must act in [after, read.ret] to explain the read."""

    after: int
    read: Operation
    value: Zone


def _missing(
    absences: list[Operation], zones: list[Zone], forward: list[Zone], deletes: list[Operation]
) -> list[Violation]:
    begun = Furthest((zone.f, zone.s, zone) for zone in zones)
    ends = Furthest((delete.inv, delete.ret, delete) for delete in deletes)
    found, needs = [], []
    for read in absences:
        after, value = begun.before(read.inv)
        if value is None:
            continue  # the initial absence explains it
        last, delete = ends.up_to(read.ret)
        if read.ret < after or last < after:
            found.append(Violation(Rule.V4, (read,), value.first, value.last, delete))
        else:
            needs.append(_Need(after, read, value))
    return found or _unmet(needs, forward, deletes)


def _unmet(needs: list[_Need], forward: list[Zone], deletes: list[Operation]) -> list[Violation]:
    """V5: the first need, if any, that no delete is left for."""
    begins = [zone.f for zone in forward]  # disjoint, since V1 held

    def free(time: int) -> int:
        """The latest moment up to `time` that is inside no forward zone."""
        at = bisect_left(begins, time) - 1
        return begins[at] if at >= 0 and time < forward[at].s else time

    waiting = sorted(deletes, key=lambda op: op.inv, reverse=True)
    begun: list[tuple[int, int]] = []  # (ret, inv) of deletes that may act by now, the earliest end first
    placed = None  # the latest moment at which a delete acts so far
    for need in sorted(needs, key=lambda one: one.read.ret):
        if placed is not None and placed >= need.after:
            continue
        latest = free(need.read.ret)
        while waiting and waiting[-1].inv <= latest:
            delete = waiting.pop()
            heapq.heappush(begun, (delete.ret, delete.inv))
        placed = None
        # A delete that ends too early for this need is of no use to later ones: if they need a moment of their own,
        # it is a later one. One that lies wholly inside a forward zone is of no use to any.
        while begun and placed is None:
            ret, inv = heapq.heappop(begun)
            moment = min(latest, free(ret))
            placed = moment if moment >= max(need.after, inv) else None
        if placed is None:
            return [Violation(Rule.V5, (need.read,), need.value.first, need.value.last)]
    return []
