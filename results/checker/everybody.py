"""A register's history with all of its people in it: what no single person's view of it can tell.

To each of two people who took a device over from one another, the other one's subscribe explains that it is gone. But
the register holds something after either, and a row that is missing is missing for both. So here a value is a pair of
person and token, each under a number of its own, and every subscribe writes one. An unsubscribe removes its caller's
subscription: it is a delete if it says that it removed one, nothing at all if it says that it found none or if its
caller cannot have had one that is known here, and may be either if it does not say. A push that did not reach one
person says nothing of the others; a token that does not name its person, and that several may have written, is no read
here.

If the whole is linearizable, so is this. It is looked at where every person's own view is legal, and condemns only.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain
from typing import Final, Self

from results.checker.doubt import Doubt
from results.checker.fact import Fact
from results.checker.operation import ABSENT, BEFORE_EVERYTHING, DELETE, NEVER, READ, WRITE, Operation
from results.checker.projection import Frame, Projection, is_old, people_of, writers_of
from results.journal.record import NOBODY, Call

_PERSON: Final = 1 << 64  # a pair's number is the token and so many times the person: Python's integers are long enough


def token_of(value: int) -> int:
    """The token of a pair; a value that is no pair stays what it is."""
    return value % _PERSON if value >= 0 else value


def everybody(facts: Sequence[Fact], frame: Frame, struck: AbstractSet[int]) -> Projection | None:
    """The register as all of its people together see it, but for the reads in `struck`; None: one person saw it all."""
    people = people_of(facts, frame)
    view = _View.of(facts, frame, people)
    if len(people) < 2 and not view.anybodys:
        return None
    operations, unsure = [], set()
    for index, fact in enumerate(facts):
        if index in struck or (operation := view.operation(index, fact)) is None:
            continue
        operations.append(operation)
        if operation.kind == READ and view.unsure(fact):
            unsure.add(index)
    seen = [*operations, *_stood_before(operations, frame)]
    return Projection(NOBODY, seen, frozenset(unsure), Doubt.REWRITTEN, frame.clock_bound)


@dataclass(frozen=True, slots=True)
class _View:
    """A register as all of its people see it: each record as an operation, or as none."""

    frame: Frame
    owners: dict[int, set[int]]  # token → who is known to have written it, this run or before
    had: dict[int, int]  # person → from when on they may have had the register, as far as is known
    written: AbstractSet[int]  # the tokens that this run wrote
    known_until: int  # what pushes to any of them delivered
    anybodys: bool  # a row that names nobody stands from an earlier run

    @classmethod
    def of(cls, facts: Sequence[Fact], frame: Frame, people: Iterable[int]) -> Self:
        writers = writers_of(facts)
        old = [fact for fact in facts if fact.is_read and is_old(fact.value, frame.run)]
        owners = {token: {write.owner for write in same} for token, same in writers.items()}
        had = dict.fromkeys((fact.owner for fact in old), BEFORE_EVERYTHING)
        for fact in old:
            owners.setdefault(fact.value, set()).update({fact.owner} - {NOBODY})
        anybodys = NOBODY in had and not any(fact.value in writers for fact in old)
        for write in chain.from_iterable(writers.values()):
            had[write.owner] = min(write.sent, had.get(write.owner, write.sent))
        had = dict.fromkeys(people, BEFORE_EVERYTHING) if NOBODY in had else had
        known_until = min((frame.unclosed.get(person, NEVER) for person in people), default=NEVER)
        return cls(frame, owners, had, writers.keys(), known_until, anybodys)

    def operation(self, index: int, fact: Fact) -> Operation | None:
        """What a record does to the register, or shows of it; None if that is nothing for certain."""
        if fact.is_read:
            return self._read(index, fact)
        if fact.call not in (Call.SUBSCRIBE, Call.UNSUBSCRIBE) or not (fact.ok or fact.timed_out):
            return None
        ret = fact.done if fact.ok else NEVER
        if fact.call == Call.SUBSCRIBE:
            return Operation(WRITE, _pair(fact.owner, fact.value), fact.sent, ret, fact.ok, index)
        since = self.had.get(fact.owner)
        if fact.found_nothing or since is None or since > ret:
            return None
        return Operation(DELETE, ABSENT, fact.sent, ret, fact.ok and fact.rows > 0, index)

    def _read(self, index: int, fact: Fact) -> Operation | None:
        value = self._seen(fact)
        return None if value is None else Operation(READ, value, fact.sent, fact.done, ok=True, record=index)

    def _seen(self, fact: Fact) -> int | None:
        """The pair or the absence that a read has seen, as far as one can tell."""
        if fact.value == ABSENT:
            return ABSENT if fact.owner == NOBODY else None
        if fact.owner != NOBODY:
            return _pair(fact.owner, fact.value)
        owners = self.owners.get(fact.value, set())
        if is_old(fact.value, self.frame.run):
            return _pair(NOBODY, fact.value) if self.anybodys and not owners else None
        return _pair(min(owners), fact.value) if len(owners) == 1 else None

    def unsure(self, fact: Fact) -> bool:
        """Whether operations that the journal lacks may explain a read; as in one person's view."""
        old = is_old(fact.value, self.frame.run)
        undocumented = fact.value not in self.written and not old  # absences too
        removed = fact.value == ABSENT and fact.done > self.known_until
        return bool((self.frame.excuse and undocumented) or (self.frame.pending and old) or removed)


def _pair(person: int, token: int) -> int:
    return person * _PERSON + token


def _stood_before(operations: Iterable[Operation], frame: Frame) -> list[Operation]:
    """Pairs of earlier runs: written before this one began, or possibly never."""
    old = {op.value for op in operations if op.kind == READ and is_old(token_of(op.value), frame.run)}
    return [
        Operation(WRITE, value, BEFORE_EVERYTHING, frame.began, ok=False, record=-number)
        for number, value in enumerate(sorted(old), start=1)
    ]
