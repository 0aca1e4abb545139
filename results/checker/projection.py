"""A register's history as one person sees it: what the order check judges.

A value is (owner, token), and an unsubscribe removes only its caller's subscription. For one person P the register is
a plain register again: P's subscribes write, P's unsubscribes delete, and another person's subscribe acts as a
delete, for the newest owner takes the device over; another person's unsubscribe does nothing to P's subscription.
If the whole is linearizable, so is each projection; with one person, the projection is the whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from results.checker.doubt import Doubt
from results.checker.fact import Fact
from results.checker.operation import ABSENT, BEFORE_EVERYTHING, DELETE, NEVER, READ, WRITE, Operation
from results.journal.record import NOBODY, Call


@dataclass(frozen=True, slots=True)
class Projection:
    """The operations of one register for one person, and which of its reads say nothing for certain."""

    person: int
    operations: list[Operation]
    unsure: frozenset[int]
    doubt: Doubt | None = None  # why some are, where the frame does not say
    clock_bound: int = 0  # as in Frame
    otherwise: "Projection | None" = None  # if rows that name nobody, of earlier runs, were somebody else's


@dataclass(frozen=True, slots=True)
class Frame:
    """What projecting needs to know of the run."""

    run: int
    began: int  # when the run began: a value of an earlier run stood before that, or never
    dead: bool  # operations of this register are missing from the journal
    later: bool = False  # a later run of the fleet has written by the time of some read
    pending: bool = False  # an earlier run's call to this register was never answered, and may act at any time
    written: frozenset[tuple[int, int]] = frozenset()  # (register, token) of those met elsewhere that this run sent
    unclosed: Mapping[int, int] = field(default_factory=dict)  # person → until when what pushes delivered is known
    clock_bound: int = 0  # ns by which every record has been widened on both sides

    @property
    def excuse(self) -> Doubt | None:
        """Why operations that the journal lacks may have acted on this register; None: it lacks none."""
        if self.dead:
            return Doubt.DEAD
        if self.pending:
            return Doubt.PENDING
        return Doubt.LATER if self.later else None


def projections(facts: Sequence[Fact], frame: Frame, struck: AbstractSet[int]) -> list[Projection]:
    """One projection for each person that had the register; `struck` holds the reads to leave out."""
    writers = writers_of(facts)
    people = people_of(facts, frame) or [NOBODY]
    left = [(index, fact) for index, fact in enumerate(facts) if index not in struck]
    found = [_project(left, _View(person, len(people) == 1, writers, frame.run), frame) for person in people]
    if len(people) == 1 and any(_may_be_anybodys(fact, writers, frame.run) for _, fact in left):
        others = _View(people[0], alone=False, writers=writers, run=frame.run, sole=True)
        return [replace(found[0], otherwise=_project(left, others, frame))]
    return found


def _may_be_anybodys(fact: Fact, writers: dict[int, list[Fact]], run: int) -> bool:
    """Whether a row that names nobody stands from an earlier run: whoever lives now need not have written it."""
    unnamed = fact.is_read and fact.owner == NOBODY and is_old(fact.value, run)
    return unnamed and not any(write.sent <= fact.done for write in writers.get(fact.value, ()))


def writers_of(facts: Sequence[Fact]) -> dict[int, list[Fact]]:
    """Token → the subscribes that may have acted, by start."""
    writers: dict[int, list[Fact]] = {}
    for fact in facts:
        if fact.call == Call.SUBSCRIBE and (fact.ok or fact.timed_out):
            writers.setdefault(fact.value, []).append(fact)
    return writers


def people_of(facts: Sequence[Fact], frame: Frame) -> list[int]:
    """Whoever acted on the register, or is named by a row that stands from an earlier run."""
    acted = (f.owner for f in facts if f.call in (Call.SUBSCRIBE, Call.UNSUBSCRIBE) and (f.ok or f.timed_out))
    named = (f.owner for f in facts if f.is_read and is_old(f.value, frame.run) and f.owner != NOBODY)
    return sorted({*acted, *named})


def is_old(value: int, run: int) -> bool:
    """Whether a value is a token of an earlier run."""
    return 0 <= value >> 20 < run


@dataclass(frozen=True, slots=True)
class _View:
    """A register as one person sees it: each record as an operation, or as none."""

    person: int
    alone: bool  # nobody else ever had the register
    writers: dict[int, list[Fact]]
    run: int
    sole: bool = False  # nobody else is known to have had it, and what names nobody is taken for somebody else's

    def operation(self, index: int, fact: Fact) -> tuple[Operation | None, bool]:
        """The operation on this person's subscription, if it is one; and whether that is certain."""
        if fact.is_read:
            return self._read(index, fact)
        if fact.call not in (Call.SUBSCRIBE, Call.UNSUBSCRIBE) or not (fact.ok or fact.timed_out):
            return None, True
        mine = fact.owner == self.person
        ret = fact.done if fact.ok else NEVER
        if fact.call == Call.SUBSCRIBE:
            kind, value = (WRITE, fact.value) if mine else (DELETE, ABSENT)
            return Operation(kind, value, fact.sent, ret, fact.ok, index), True
        if not mine:
            return None, True
        kind = READ if fact.found_nothing else DELETE
        return Operation(kind, ABSENT, fact.sent, ret, fact.ok, index), True

    def _read(self, index: int, fact: Fact) -> tuple[Operation | None, bool]:
        if fact.value == ABSENT and fact.owner not in (self.person, NOBODY):
            return None, True  # it is absent for somebody else
        owner, certain = (self.person, True) if fact.value == ABSENT else self._owner(fact)
        value = fact.value if owner == self.person else ABSENT
        return Operation(READ, value, fact.sent, fact.done, ok=True, record=index), certain

    def _owner(self, fact: Fact) -> tuple[int, bool]:
        """Whose a token is; if it names nobody, the last who wrote it before the read ended."""
        if self.alone:
            return self.person, True
        if fact.owner != NOBODY:
            return fact.owner, True
        writes = self.writers.get(fact.value, [])
        before = [write.owner for write in writes if write.sent <= fact.done]
        if before:
            return before[-1], len(set(before)) == 1
        if writes and not is_old(fact.value, self.run):
            return writes[0].owner, True  # read before it can have been written: the clocks are wrong, and that is told
        return NOBODY, self.sole


def _project(facts: Sequence[tuple[int, Fact]], view: _View, frame: Frame) -> Projection:
    operations, unsure, doubt = [], set(), None
    known_until = frame.unclosed.get(view.person, NEVER)
    for index, fact in facts:
        operation, certain = view.operation(index, fact)
        if operation is None:
            continue
        operations.append(operation)
        old = is_old(operation.value, frame.run)
        undocumented = operation.value not in view.writers and not old  # absences too
        excused = (frame.excuse and undocumented) or (frame.pending and old)
        removed = operation.value == ABSENT and fact.done > known_until
        if operation.kind == READ and (not certain or excused or removed):
            unsure.add(index)
            doubt = Doubt.UNCLOSED if removed else doubt
    seen = [*operations, *_stood_before(operations, frame)]
    return Projection(view.person, seen, frozenset(unsure), doubt, frame.clock_bound)


def _stood_before(operations: list[Operation], frame: Frame) -> Iterator[Operation]:
    """Values of earlier runs: written before this one began, or possibly never."""
    old = {op.value for op in operations if op.kind == READ and is_old(op.value, frame.run)}
    for number, value in enumerate(sorted(old), start=1):
        yield Operation(WRITE, value, BEFORE_EVERYTHING, frame.began, ok=False, record=-number)
