"""The minimal witness of a violation: the operations that prove it, and no more.

Take any one of a witness's operations away, and what is left is legal, unless the register is wrong in another way too.
A subscribe is taken away with the reads that it alone can have led to, for those would be another violation: a token
that nobody wrote.

An operation that could *explain* what was read is no proof, and a history is easily made illegal by leaving it out. So
reads are left out first, while everything that may have changed the register still stands. Of that only so much is left
out as leaves every read necessary: an unsubscribe that explains one absence, where another absence needs it too, stays
in as an `excuse`. Which is all that an excuse is: taken away, it leaves even less to explain what was read.

It is a search, and the judge itself says at each step whether what is left is still wrong.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from results.anomalies import classify
from results.checker.case import judge_case
from results.checker.evidence import Evidence
from results.checker.fact import Fact
from results.checker.rule import MISSING, STALE, Rule
from results.checker.shown import Found
from results.journal.record import NO_REGISTER, NOBODY, Call

Facts = list[Fact]

_ORDER: Final = STALE | MISSING


class Witness(NamedTuple):
    """Facts by `sent`; some of them are excuses."""

    facts: Facts
    excuses: Facts

    def is_excuse(self, fact: Fact) -> bool:
        """Whether it only might have explained what was read."""
        return any(fact is one for one in self.excuses)


def witness_of(found: Found, elsewhere: Sequence[Fact] = ()) -> Witness:
    """The witness of what was found; `elsewhere` are subscribes of other registers that brought tokens read here."""
    evidence = found.evidence
    if evidence.rule is Rule.BREACH or evidence.register == NO_REGISTER:
        return Witness([evidence.at], [])
    search = _Search(found)
    facts = search.shrunk(sorted([*found.facts, *elsewhere], key=lambda fact: fact.sent))
    return Witness(facts, [fact for fact in facts if not _reads(fact) and search.holds(without(facts, [fact]))])


def without(facts: Facts, taken: Iterable[Fact]) -> Facts:
    """The facts without some; reads go with the last subscribe that can have brought what they show."""
    gone = {id(fact) for fact in taken}
    left = [fact for fact in facts if id(fact) not in gone]
    orphaned = set(_brings(facts)) - set(_brings(left))
    return [fact for fact in left if not (fact.is_read and orphaned.intersection(_shows(fact)))]


def _brings(facts: Facts) -> Iterator[tuple[int, int, int, bool]]:
    """What subscribes can have made reads show: register, token, the person named, and whether it was not refused."""
    for fact in facts:
        if fact.call == Call.SUBSCRIBE:
            for owner in (fact.owner, NOBODY):
                yield fact.register, fact.value, owner, False
                if fact.ok or fact.timed_out:
                    yield fact.register, fact.value, owner, True


def _shows(read: Fact) -> Iterator[tuple[int, int, int, bool]]:
    yield from ((read.origin, read.value, read.owner, may_act) for may_act in (False, True))


def wrong(facts: Facts, found: Found) -> list[Evidence]:
    """What is wrong with some facts of a register, and of others that its tokens were written for.

    Only where a late effect is what was found does one count, for it is legal.
    """
    register = found.evidence.register
    own = [fact for fact in facts if fact.register == register]
    sent = frozenset((fact.register, fact.value) for fact in facts if fact.register != register)
    evidence = judge_case(own, replace(found.frame, written=sent)).evidence
    late = found.evidence.rule is Rule.LATE_WRITE
    return [one for one in evidence if classify(one) is not None and (one.rule is Rule.LATE_WRITE) is late]


def blames(found: Found, facts: Facts) -> bool:
    """Whether the read that was found is wrong with some facts too: out of order, or by the same rule.

    Of reads that contradict one another the judge may blame another one. It is the same wrong if there would be none
    without the read that was found.
    """
    at = found.evidence.at
    same = [one for one in wrong(facts, found) if _alike(one, found.evidence)]
    if not same or any(at in one.blamed for one in same):
        return bool(same)
    return at in facts and not wrong(without(facts, [fact for fact in facts if fact == at]), found)


def _alike(one: Evidence, other: Evidence) -> bool:
    return one.rule is other.rule or (_of_order(one) and _of_order(other))


def _of_order(evidence: Evidence) -> bool:
    refused = evidence.rule is Rule.REFUSED and evidence.at.found_nothing  # an absence that only a refusal explains
    return refused or evidence.rule in _ORDER


def _reads(fact: Fact) -> bool:
    """Whether it speaks against the backend and explains nothing: a dead token may explain that it was removed."""
    return (fact.is_read and not fact.dead) or fact.found_nothing


@dataclass(frozen=True, slots=True)
class _Search:
    found: Found

    def holds(self, facts: Facts) -> bool:
        """Whether what was read is still wrong, and in the same way, with only these facts."""
        return blames(self.found, facts)

    def shrunk(self, facts: Facts) -> Facts:
        """A minimal part of the facts; what the evidence cites is given up last."""
        core = [fact for fact in facts if self._matters(fact)]
        facts = core if self.holds(core) else facts
        facts = self._give_up(facts, [fact for fact in facts if _reads(fact)], self.holds)
        reads = [fact for fact in facts if _reads(fact)]
        return self._give_up(
            facts,
            [fact for fact in facts if not _reads(fact)],
            lambda trial: self.holds(trial) and not any(self.holds(without(trial, [read])) for read in reads),
        )

    def _matters(self, fact: Fact) -> bool:
        """Whether it is likely to be needed: a register may have had tens of thousands of operations."""
        evidence = self.found.evidence
        told = [*self._cited, *evidence.blamed]
        if fact.call == Call.SUBSCRIBE and fact.value in {one.value for one in told}:
            return True
        return fact in told or (evidence.rule in MISSING and not _reads(fact))

    @property
    def _cited(self) -> Facts:
        evidence = self.found.evidence
        return [fact for fact in (evidence.held, evidence.until, evidence.since, evidence.at) if fact is not None]

    def _give_up(self, facts: Facts, these: Facts, holds: Callable[[Facts], bool]) -> Facts:
        """Leave out as many of these as can be: first in halves, quarters and so on, at last one by one."""
        waiting = [fact for fact in these if fact not in self._cited]
        size = len(waiting)
        while size:
            for start in range(0, len(waiting), size):
                if holds(trial := without(facts, waiting[start : start + size])):
                    facts = trial
            waiting, size = [fact for fact in waiting if fact in facts], size // 2
        for fact in [*waiting, *(fact for fact in these if fact in self._cited)]:
            if holds(trial := without(facts, [fact])):
                facts = trial
        return facts
