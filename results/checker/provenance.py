"""What single reads prove, before any order is looked at: tokens testify."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, Self

from results.checker.doubt import Doubt
from results.checker.evidence import Evidence
from results.checker.fact import Fact
from results.checker.operation import NEVER
from results.checker.projection import Frame
from results.checker.rule import Rule
from results.journal.record import ABSENT, GHOST, NOBODY, Call, Outcome

_HEARD: Final = 1_000_000_000  # ns: every sender waits as long for an answer


def strays(facts: Sequence[Fact], frame: Frame) -> Iterator[tuple[int, Evidence | Doubt]]:
    """Reads that no order of the operations could explain, each by its index; a doubt where something else could.

    A token that this run did not write may have stood there before the run: a deployment keeps what earlier runs, or
    another fleet of the same seed, have left. So it is held against the backend only if this run sent it, though for
    another register, or if an acknowledged subscribe must have replaced it. A token of a later run never is.
    """
    sent = _Sent.of(facts)
    for index, fact in enumerate(facts):
        if fact.is_read and fact.value != ABSENT and (found := _stray(fact, sent, frame)):
            yield index, found


@dataclass(frozen=True, slots=True)
class _Sent:
    """A register's subscribes."""

    of_token: dict[int, list[Fact]]
    acted: bool  # some of them may have acted
    replaced: int  # when one was first acknowledged: what stood before is gone by then

    @classmethod
    def of(cls, facts: Sequence[Fact]) -> Self:
        of_token: dict[int, list[Fact]] = {}
        acted, replaced = False, NEVER
        for fact in facts:
            if fact.call == Call.SUBSCRIBE:
                of_token.setdefault(fact.value, []).append(fact)
                acted |= fact.outcome != Outcome.FAIL
                replaced = min(replaced, fact.done if fact.ok else NEVER)
        return cls(of_token, acted, replaced)


def _stray(fact: Fact, sent: _Sent, frame: Frame) -> Evidence | Doubt | None:
    if fact.value < 0:
        # A whole token of another fleet is a ghost too; parts of one, or one in another case, only a backend makes.
        ours = sent.acted or fact.value != GHOST
        return Evidence(Rule.GHOST, fact.register, (fact,)) if ours else Doubt.BEFORE
    if fact.value >> 20 > frame.run:
        return Doubt.LATER
    if fact.origin != fact.register:
        ours = sent.replaced < fact.sent or (fact.origin, fact.value) in frame.written
        return Evidence(Rule.ELSEWHERE, fact.register, (fact,)) if ours else Doubt.BEFORE
    return _unwritten(fact, sent, frame) if fact.value >> 20 == frame.run else None


def _unwritten(fact: Fact, sent: _Sent, frame: Frame) -> Evidence | Doubt | None:
    """Tokens of this run must have been written, and by the person that the read names."""
    same = sent.of_token.get(fact.value, [])
    by_owner = [one for one in same if fact.owner in (one.owner, NOBODY)]
    acted = [one for one in same if one.outcome != Outcome.FAIL]
    if any(one.outcome != Outcome.FAIL for one in by_owner):
        return None
    if frame.excuse:
        return frame.excuse
    if by_owner:
        return Evidence(Rule.REFUSED, fact.register, (fact,), since=by_owner[0])
    if acted:
        everything = chain.from_iterable(sent.of_token.values())
        former = (one for one in everything if one.owner == fact.owner and one.sent < acted[0].sent and one.ok)
        return Evidence(Rule.OWNER, fact.register, (fact,), held=next(former, None), since=acted[-1])
    return Evidence(Rule.UNWRITTEN, fact.register, (fact,)) if sent.replaced < fact.sent else Doubt.BEFORE


def repeats(facts: Sequence[Fact]) -> Iterator[Evidence]:
    """Rows and deliveries that are there more than once."""
    passes: dict[int, list[Fact]] = {}
    for fact in facts:
        if fact.call == Call.READBACK and fact.is_read and fact.value != ABSENT:
            passes.setdefault(fact.sent, []).append(fact)
    for rows in passes.values():
        if len(rows) > 1:
            yield Evidence(Rule.ROWS, rows[0].register, tuple(rows))
            yield from _former_rows(rows, facts)
    for fact in facts:
        if fact.call == Call.UNSUBSCRIBE and fact.ok and fact.rows > 1:
            yield Evidence(Rule.ROWS, fact.register, (fact,))
    yield from _deliveries(facts)


def _former_rows(rows: list[Fact], facts: Sequence[Fact]) -> Iterator[Evidence]:
    """Rows of a person after whose last attempt another person's subscribe began, and was acknowledged."""
    subscribes = [fact for fact in facts if fact.call == Call.SUBSCRIBE]
    for row in rows:
        own = [fact for fact in subscribes if fact.owner == row.owner]
        if not own or any(fact.timed_out for fact in own):
            continue
        last = max(fact.done for fact in own)
        takeovers = (f for f in subscribes if f.ok and f.owner != row.owner and f.sent > last and f.done < row.sent)
        if (takeover := next(takeovers, None)) is not None:
            yield Evidence(Rule.FORMER_ROW, row.register, (row,), held=own[-1], since=takeover)


def _deliveries(facts: Sequence[Fact]) -> Iterator[Evidence]:
    """Tokens that one push delivered again, although the provider had answered for good by then.

    A sender that got no answer, or was told to come again, has to send again: those are no repeats.
    """
    receipts: dict[tuple[int, int, int, int], list[Fact]] = {}
    for fact in facts:
        if fact.call == Call.DELIVERY and fact.is_read and fact.value >= 0 and fact.owner != NOBODY:
            receipts.setdefault((fact.owner, fact.sent, fact.origin, fact.value), []).append(fact)
    for same in receipts.values():
        settled = min((fact for fact in same if _for_good(fact)), key=lambda fact: fact.intended, default=None)
        if settled is None:
            continue
        again = [fact for fact in same if fact is not settled and fact.done > settled.intended]
        if again:
            yield Evidence(Rule.TWICE, settled.register, (settled, *sorted(again, key=lambda fact: fact.done)))


def _for_good(fact: Fact) -> bool:
    """Whether a provider took the push, or said that nobody ever will at this token, while its sender still listened.

    Nobody knows for how long one does: an answer that took too long may have been for nobody.
    """
    return (200 <= fact.status < 300 or fact.dead) and fact.intended - fact.done <= _HEARD
