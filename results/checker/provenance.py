"""What single reads prove, before any order is looked at: tokens testify."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

from results.checker.evidence import Evidence
from results.checker.fact import Fact
from results.checker.projection import Frame
from results.checker.rule import Rule
from results.journal.record import ABSENT, NOBODY, Call, Outcome


def strays(facts: Sequence[Fact], frame: Frame) -> Iterator[tuple[int, Evidence | None]]:
    """Reads that no order of the operations could explain, each by its index; None: unjournaled operations could."""
    subscribes: dict[int, list[Fact]] = {}
    for fact in facts:
        if fact.call == Call.SUBSCRIBE:
            subscribes.setdefault(fact.value, []).append(fact)
    for index, fact in enumerate(facts):
        if not fact.is_read or fact.value == ABSENT:
            continue
        if fact.value < 0:
            yield index, Evidence(Rule.GHOST, fact.register, (fact,))
        elif fact.origin != fact.register:
            yield index, Evidence(Rule.ELSEWHERE, fact.register, (fact,))
        elif fact.value >> 20 >= frame.run:
            yield from _unwritten(index, fact, subscribes, frame)


def _unwritten(
    index: int, fact: Fact, subscribes: dict[int, list[Fact]], frame: Frame
) -> Iterator[tuple[int, Evidence | None]]:
    """Tokens of this run must have been written, and by the person that the read names."""
    same = subscribes.get(fact.value, [])
    by_owner = [one for one in same if fact.owner in (one.owner, NOBODY)]
    acted = [one for one in same if one.outcome != Outcome.FAIL]
    if any(one.outcome != Outcome.FAIL for one in by_owner):
        return
    if by_owner:
        yield index, Evidence(Rule.REFUSED, fact.register, (fact,), since=by_owner[0])
    elif frame.dead:
        yield index, None
    elif acted:
        everything = chain.from_iterable(subscribes.values())
        former = (one for one in everything if one.owner == fact.owner and one.sent < acted[0].sent and one.ok)
        yield index, Evidence(Rule.OWNER, fact.register, (fact,), held=next(former, None), since=acted[-1])
    else:
        yield index, Evidence(Rule.UNWRITTEN, fact.register, (fact,))


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
    delivered = [fact for fact in facts if fact.call == Call.DELIVERY and fact.is_read and fact.value >= 0]
    times = Counter((fact.owner, fact.sent, fact.origin, fact.value) for fact in delivered)
    for (owner, sent, origin, value), count in times.items():
        if count > 1:
            same = (f for f in delivered if (f.owner, f.sent, f.origin, f.value) == (owner, sent, origin, value))
            yield Evidence(Rule.TWICE, delivered[0].register, tuple(same))
