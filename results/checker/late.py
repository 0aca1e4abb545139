"""Timed-out requests that acted late: legal, and yet nothing to call a pass.

A timed-out write may act at any time, so the exact check lets it explain a superseded token that came back. Whether
it did, or the backend lost the newer write, nobody can know: such a register is unknown. It is found by judging again
with the request's end set to the moment the client gave up. What is illegal then, needed a late effect.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from results.checker.evidence import Evidence, of_order
from results.checker.fact import Fact
from results.checker.operation import ABSENT, DELETE, READ, WRITE, Operation
from results.checker.projection import Projection
from results.checker.prunes import explained
from results.checker.register import Finding, Legality, judge_register
from results.checker.rule import MISSING, STALE, Rule
from results.checker.zones import Violation


def late_effects(projection: Projection, facts: Sequence[Fact]) -> Iterator[Evidence]:
    """What only a late effect explains, in a projection that is legal.

    Token by token, by V1 to V3 only: a token that merely appeared late is no matter, one that came back after another
    one, begun later, was acknowledged or seen is. And all deletes, without token reads: an absence that only a late
    unsubscribe explains, after a subscribe that began when the client had given the unsubscribe up.
    """
    operations = projection.operations
    if all(op.ok for op in operations if op.record >= 0):
        return
    seen = {op.value for op in operations if op.kind == READ}
    for value in {op.value for op in operations if op.kind == WRITE and not op.ok and op.record >= 0} & seen:
        finding = judge_register(_given_up(operations, WRITE, value, facts), projection.unsure)
        stale = (one for one in _broken(finding, STALE) if _superseded(value, one, operations))
        yield from (replace(of_order(one, facts), rule=Rule.LATE_WRITE) for one in stale)
    absences = [op for op in operations if op.kind != READ or op.value == ABSENT]
    given_up = replace(projection, operations=_given_up(absences, DELETE, ABSENT, facts))
    missing = _broken(judge_register(given_up.operations, given_up.unsure), MISSING)
    if missing and not _removed(explained(given_up, facts)):
        yield from (replace(of_order(one, facts), rule=Rule.LATE_DELETE) for one in missing)


def _removed(seen: Projection) -> bool:
    """Whether a provider's verdict explains the absences as well, so that no late effect is needed."""
    return judge_register(seen.operations, seen.unsure).legality is Legality.LEGAL


def _superseded(value: int, violation: Violation, operations: list[Operation]) -> bool:
    """Whether what superseded the token began after the token's first attempt.

    The history is legal otherwise, so the violation involves the token; and where the token itself superseded an older
    one, merely late, this is false. A delete inside the token's zone began after the token was there, or given up.
    """
    since = violation.since
    if since is None or since.kind == DELETE:
        return since is not None
    token, newer = (
        min(op.inv for op in operations if op.kind == WRITE and op.value == sought) for sought in (value, since.value)
    )
    return newer > token


def _given_up(operations: list[Operation], kind: int, value: int, facts: Sequence[Fact]) -> list[Operation]:
    """The operations, where those that timed out had acted, if at all, when the client gave up."""
    return [
        op._replace(ret=facts[op.record].done)
        if not op.ok and op.record >= 0 and (op.kind, op.value) == (kind, value)
        else op
        for op in operations
    ]


def _broken(finding: Finding, rules: frozenset[Rule]) -> list[Violation]:
    return [one for one in finding.violations if one.rule in rules] if finding.legality is Legality.ILLEGAL else []
