"""A register's history as one person sees it: what the order check judges.

A value is (owner, token), and an unsubscribe removes only its caller's subscription. For one person P the register is
a plain register again: P's subscribes write, P's unsubscribes delete, and another person's subscribe acts as a
delete, for the newest owner takes the device over; another person's unsubscribe does nothing to P's subscription.
If the whole is linearizable, so is each projection; with one person, the projection is the whole.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from results.checker.fact import Fact
from results.checker.operation import ABSENT, BEFORE_EVERYTHING, DELETE, NEVER, READ, WRITE, Operation
from results.journal.record import NOBODY, Call


@dataclass(frozen=True, slots=True)
class Projection:
    """The operations of one register for one person, and which of its reads say nothing for certain."""

    operations: list[Operation]
    unsure: frozenset[int]


@dataclass(frozen=True, slots=True)
class Frame:
    """What projecting needs to know of the run."""

    run: int
    began: int  # when the run began: a value of an earlier run stood before that, or never
    dead: bool  # operations of this register are missing from the journal


def projections(facts: Sequence[Fact], frame: Frame, struck: AbstractSet[int]) -> list[Projection]:
    """One projection for each person that had the register; `struck` holds the reads to leave out."""
    writers = _writers(facts)
    people = _people(facts, frame)
    return [
        _projection([(index, fact) for index, fact in enumerate(facts) if index not in struck], person, writers, frame)
        for person in (people if len(people) > 1 else [None])
    ]


def _writers(facts: Sequence[Fact]) -> dict[int, list[Fact]]:
    """Token → the subscribes that may have acted, by start."""
    writers: dict[int, list[Fact]] = {}
    for fact in facts:
        if fact.call == Call.SUBSCRIBE and (fact.ok or fact.timed_out):
            writers.setdefault(fact.value, []).append(fact)
    return writers


def _people(facts: Sequence[Fact], frame: Frame) -> list[int]:
    """Whoever acted on the register, or is named by a row that stands from an earlier run."""
    acted = (f.owner for f in facts if f.call in (Call.SUBSCRIBE, Call.UNSUBSCRIBE) and (f.ok or f.timed_out))
    named = (f.owner for f in facts if f.is_read and _is_old(f.value, frame) and f.owner != NOBODY)
    return sorted({*acted, *named})


def _is_old(value: int, frame: Frame) -> bool:
    return 0 <= value >> 20 < frame.run


def _projection(
    facts: Sequence[tuple[int, Fact]], person: int | None, writers: dict[int, list[Fact]], frame: Frame
) -> Projection:
    """`person` None: everybody, who are one."""
    operations, unsure = [], set()
    for index, fact in facts:
        operation, certain = _operation(index, fact, person, writers)
        if operation is None:
            continue
        operations.append(operation)
        undocumented = operation.value not in writers and not _is_old(operation.value, frame)  # absences too
        if operation.kind == READ and (not certain or (frame.dead and undocumented)):
            unsure.add(index)
    return Projection([*operations, *_stood_before(operations, frame)], frozenset(unsure))


def _stood_before(operations: list[Operation], frame: Frame) -> Iterator[Operation]:
    """Values of earlier runs: written before this one began, or possibly never."""
    old = {op.value for op in operations if op.kind == READ and _is_old(op.value, frame)}
    for number, value in enumerate(sorted(old), start=1):
        yield Operation(WRITE, value, BEFORE_EVERYTHING, frame.began, ok=False, record=-number)


def _operation(
    index: int, fact: Fact, person: int | None, writers: dict[int, list[Fact]]
) -> tuple[Operation | None, bool]:
    """The record as an operation on this person's subscription, or None; and whether that is certain."""
    if fact.is_read:
        return _read(index, fact, person, writers)
    mine = person is None or fact.owner == person
    if fact.call not in (Call.SUBSCRIBE, Call.UNSUBSCRIBE) or not (fact.ok or fact.timed_out):
        return None, True
    ret = fact.done if fact.ok else NEVER
    if fact.call == Call.SUBSCRIBE:
        kind, value = (WRITE, fact.value) if mine else (DELETE, ABSENT)
        return Operation(kind, value, fact.sent, ret, fact.ok, index), True
    if not mine:
        return None, True
    kind = READ if fact.found_nothing else DELETE
    return Operation(kind, ABSENT, fact.sent, ret, fact.ok, index), True


def _read(index: int, fact: Fact, person: int | None, writers: dict[int, list[Fact]]) -> tuple[Operation | None, bool]:
    owner, certain = fact.owner, True
    if person is not None and fact.value == ABSENT and owner not in (person, NOBODY):
        return None, True  # it is absent for somebody else
    if person is not None and fact.value != ABSENT and owner == NOBODY:
        owner, certain = _likely_owner(fact, writers)
    mine = person is None or owner == person
    return Operation(READ, fact.value if mine else ABSENT, fact.sent, fact.done, ok=True, record=index), certain


def _likely_owner(fact: Fact, writers: dict[int, list[Fact]]) -> tuple[int, bool]:
    """Whose a token is that names nobody: the last who wrote it before the read ended; certain if it was one person."""
    before = [write.owner for write in writers.get(fact.value, []) if write.sent <= fact.done]
    return (before[-1], len(set(before)) == 1) if before else (NOBODY, False)
