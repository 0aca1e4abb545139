"""Zones: what the writes and reads of one value prove about when the register held it.

Source: P. Gibbons and E. Korach, "Testing Shared Memories", SIAM J. Comput. 26(4), 1997, section on read-mapped
registers: a write and the reads of its value form a cluster, and clusters are compared by their zones alone.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import Final, Generic, NamedTuple, TypeVar

from results.checker.operation import ABSENT, READ, WRITE, Operation
from results.checker.rule import Rule


class Violation(NamedTuple):
    """A rule that is broken, and the operations that break it.

    Taking the blamed reads out of a history leaves it linearizable if it was: what is found without them is a
    violation of its own.
    """

    rule: Rule
    blamed: tuple[Operation, ...]  # the reads that cannot be
    held: Operation | None = None  # the first proof that the value in question was held
    until: Operation | None = None  # the last proof of it
    since: Operation | None = None  # what superseded it; for an absence, the last delete that came into question


class Zone:
    """One value: f, the earliest end among its write and reads, and s, their latest start.

    f < s: a forward zone, the register surely held the value from f to s. Otherwise a backward zone: all of them
    may have happened at one moment, anywhere in [s, f].
    """

    __slots__ = ("f", "first", "last", "s", "seen", "write")

    def __init__(self, write: Operation) -> None:
        self.write = self.first = self.last = write
        self.f = write.ret
        self.s = write.inv
        self.seen = write.ok  # an indeterminate write counts only if some read saw its value

    def see(self, read: Operation) -> None:
        """Take a read of the value in."""
        self.seen = True
        if read.ret < self.f:
            self.f, self.first = read.ret, read
        if read.inv > self.s:
            self.s, self.last = read.inv, read


def zones_of(operations: Sequence[Operation]) -> tuple[list[Zone], list[Violation]]:
    """Every value's zone, of values written once each, and the reads that no write can have led to."""
    zones = {op.value: Zone(op) for op in operations if op.kind == WRITE}
    strays = []
    for op in operations:
        if op.kind != READ or op.value == ABSENT:
            continue
        zone = zones.get(op.value)
        if zone is None:
            strays.append(Violation(Rule.UNWRITTEN, (op,)))
        elif op.ret < zone.write.inv:
            strays.append(Violation(Rule.EARLY, (op,), held=zone.write))
        else:
            zone.see(op)
    return [zone for zone in zones.values() if zone.seen], strays


Item = TypeVar("Item")

_NOWHERE: Final = -(2**63)


class Furthest(Generic[Item]):
    """Of the items that begin before a given time, the one that reaches furthest: a sort, then a look-up."""

    __slots__ = ("_begins", "_best", "_reaches")

    def __init__(self, items: Iterable[tuple[int, int, Item]]) -> None:
        """`items` are (begin, reach, item) in any order."""
        self._begins: list[int] = []
        self._reaches: list[int] = []
        self._best: list[Item] = []
        furthest = _NOWHERE
        for begin, reach, item in sorted(items, key=lambda triple: triple[0]):
            self._begins.append(begin)
            if reach > furthest:
                furthest, best = reach, item
            self._reaches.append(furthest)
            self._best.append(best)

    def before(self, time: int) -> tuple[int, Item | None]:
        """The furthest reach, and whose it is, among items with begin < time."""
        return self._at(bisect_left(self._begins, time))

    def up_to(self, time: int) -> tuple[int, Item | None]:
        """The furthest reach, and whose it is, among items with begin <= time."""
        return self._at(bisect_right(self._begins, time))

    def _at(self, count: int) -> tuple[int, Item | None]:
        return (self._reaches[count - 1], self._best[count - 1]) if count else (_NOWHERE, None)
