"""Absences that a provider's verdict explains: the token was dead, and the backend removed exactly it.

A provider that answers a delivery of v with "dead" (APNs 410, FCM 404, Web Push 404 or 410) allows the backend to
remove v's subscription at any time from then on, as long as it still holds v. So what such a removal leaves behind may
be found in place of v: a read of absence that ended after the verdict may be taken for a read of v. If a register's
history is illegal for an absence, and legal once some of its absences are taken so, a removal explains them. Taking
them for reads of v, and not the removal for a delete, is what keeps the bound: where v had been replaced, no verdict on
v explains that the newer token is gone.

Which absences are to be taken, and for which token, is searched. An absence that breaks V4 must be: no other choice
mends it, for taking other absences only adds to what is surely held. Of those that V5 is about, one must be. What was
held is never held less, so a choice that breaks V1 to V3 is given up. Histories that need more are rare; a search that
is not over after so many tries leaves its register unknown.

An absence cannot stand for a v that is read again later, unless a write may have brought v back. Lenient in one thing:
one of several timed-out writes may be counted on for that although it is needed elsewhere.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Final

from results.checker.doubt import Doubt
from results.checker.everybody import token_of
from results.checker.fact import Fact
from results.checker.operation import ABSENT, READ, WRITE, Operation
from results.checker.projection import Projection
from results.checker.register import Finding, Legality, judge_register
from results.checker.rule import MISSING, Rule

_TRIES: Final = 200


def explained(projection: Projection, facts: Sequence[Fact]) -> Projection:
    """The projection, with absences taken for reads of a token that was removed where nothing else explains them."""
    search = _Search.of(projection, facts)
    if search is None:
        return projection
    # What explains every read for certain is better than what leaves it open because some reads may mislead.
    certain = replace(search, unsure=frozenset(), open=[]).legal(projection.operations) if projection.unsure else None
    found = certain if certain is not None else search.run(projection.operations)
    if found is not None:
        return replace(projection, operations=found)
    if search.tries < _TRIES:
        return projection
    return replace(projection, unsure=projection.unsure | search.choices.keys(), doubt=Doubt.PRUNED)


@dataclass(slots=True)
class _Search:
    """For each absence, by its record, the tokens that it may be taken for, the likeliest first."""

    choices: dict[int, list[int]]
    unsure: frozenset[int]
    tries: int = 0
    open: list[list[Operation]] = field(default_factory=list)  # operations that leave it open: better than illegal

    @classmethod
    def of(cls, projection: Projection, facts: Sequence[Fact]) -> "_Search | None":
        """A search that makes sense: some absence ended after some token of this person was called dead."""
        told = [fact for fact in facts if fact.is_read and fact.dead and fact.value >= 0]
        dead = [(fact.done - 2 * projection.clock_bound, fact.value) for fact in told]  # at the earliest
        tokens = _Tokens(projection.operations) if dead else None
        if tokens is None:
            return None
        choices = {
            op.record: found
            for op in projection.operations
            if op.kind == READ and op.value == ABSENT and facts[op.record].found_nothing
            if (found := tokens.removable(op, {token for at, token in dead if at <= op.ret}))
        }
        return cls(choices, projection.unsure) if choices else None

    def run(self, operations: list[Operation]) -> list[Operation] | None:
        """The operations, with absences taken for reads, that are legal; else some that are open; else None."""
        found = self.legal(operations)
        return found if found is not None else next(iter(self.open), None)

    def legal(self, operations: list[Operation]) -> list[Operation] | None:
        """The operations, with absences taken for reads, that are legal; None if such were not found."""
        self.tries += 1
        finding = judge_register(operations, self.unsure)
        if finding.legality is Legality.LEGAL:
            return operations
        if finding.legality is Legality.OPEN:
            self.open.append(operations)
            return None
        for taken in self._next(finding, operations):
            if self.tries >= _TRIES:
                return None
            put = [op._replace(value=taken[op.record]) if op.record in taken else op for op in operations]
            if (found := self.legal(put)) is not None:
                return found
        return None

    def _next(self, finding: Finding, operations: list[Operation]) -> Iterator[dict[int, int]]:
        """What could be tried against an illegal history: absences, and the token to take each for."""
        blamed = finding.violations[0]
        if blamed.rule not in MISSING:
            return
        if blamed.rule is Rule.V4:
            yield from self._due([one.blamed[0].record for one in finding.violations])
            return
        last = blamed.blamed[0]
        left = [op for op in operations if op.kind == READ and op.value == ABSENT and op.record in self.choices]
        for op in sorted(left, key=lambda one: (one.record != last.record, -one.ret)):
            if op.ret <= last.ret:
                yield from ({op.record: token} for token in self.choices[op.record])

    def _due(self, records: list[int]) -> Iterator[dict[int, int]]:
        """The choices for absences that must all be taken: in one step those that have one alone.

        For a token that was removed is missed by every push from then on, and there may be hundreds.
        """
        if not all(record in self.choices for record in records):
            return
        alone = {record: self.choices[record][0] for record in records if len(self.choices[record]) == 1}
        yield from [alone] if alone else ({records[0]: token} for token in self.choices[records[0]])


class _Tokens:
    """A person's writes and reads of each token."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._writes: dict[int, list[Operation]] = {}
        self._reads: dict[int, list[Operation]] = {}
        for op in operations:
            if op.kind == WRITE:
                self._writes.setdefault(op.value, []).append(op)
            elif op.kind == READ:
                self._reads.setdefault(op.value, []).append(op)

    def removable(self, absence: Operation, dead: AbstractSet[int]) -> list[int]:
        """What an absence may stand for: values with a dead token, the one last begun to be written first."""
        mine = [value for value in self._writes if token_of(value) in dead and not self._came_back(value, absence)]
        return sorted(mine, key=lambda value: -min(write.inv for write in self._writes[value]))

    def _came_back(self, value: int, absence: Operation) -> bool:
        """Whether the value was read again after the absence, though no write can have brought it back."""
        reads = self._reads.get(value, ())
        again = min((read for read in reads if read.inv > absence.ret), key=lambda read: read.ret, default=None)
        if again is None:
            return False
        late = [op for op in self._writes[value] if op.ret >= absence.inv and op.inv <= again.ret]
        seen = min((read.ret for read in reads if read.ret < absence.inv), default=None)
        early = [op for op in self._writes[value] if seen is not None and op.inv <= seen]
        # What was seen before the absence takes a write of its own: one alone cannot have brought the value twice.
        return not late or (seen is not None and early == late and len(late) == 1)
