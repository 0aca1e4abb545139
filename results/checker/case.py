"""Everything the journal says about one register, judged."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from results.checker.doubt import Doubt
from results.checker.everybody import everybody
from results.checker.evidence import Evidence, of_order
from results.checker.fact import Fact
from results.checker.late import late_effects
from results.checker.operation import ABSENT, DELETE, Operation
from results.checker.projection import Frame, Projection, projections
from results.checker.provenance import repeats, strays
from results.checker.prunes import explained
from results.checker.register import Legality, judge_register
from results.checker.removals import removed_again
from results.checker.rule import MISSING, PROVENANCE, STALE, Rule
from results.checker.zones import Violation
from results.journal.record import Call

_ROUNDS: Final = 16  # a register with more independent violations than this has been shown wrong often enough


@dataclass(slots=True)
class Case:
    """What came of one register."""

    evidence: list[Evidence] = field(default_factory=list)
    doubts: set[Doubt] = field(default_factory=set)

    @property
    def violated(self) -> bool:
        """Something was found that no late effect explains."""
        return any(one.rule not in (Rule.LATE_WRITE, Rule.LATE_DELETE) for one in self.evidence)


def judge_case(facts: Sequence[Fact], frame: Frame) -> Case:
    """Judge one register by its records, which must be sorted by `sent`."""
    case = Case()
    struck = set()
    for index, found in strays(facts, frame):
        struck.add(index)
        if isinstance(found, Doubt):
            case.doubts.add(found)
        else:
            case.evidence.append(found)
    counted = list(repeats(facts))
    case.evidence.extend(counted)
    _judge_removals(case, facts, frame)
    if not any(one.rule is Rule.ROWS for one in counted):  # two rows are no register: their order tells nothing more
        _judge_order(case, facts, frame, struck)
    if not _read_at_last(facts):
        case.doubts.add(Doubt.NEVER_READ)
    return case


def _judge_removals(case: Case, facts: Sequence[Fact], frame: Frame) -> None:
    again = list(removed_again(facts))
    if again and frame.excuse:
        case.doubts.add(frame.excuse)
    else:
        case.evidence.extend(again)


def _read_at_last(facts: Sequence[Fact]) -> bool:
    """Whether some read began after the last acknowledged operation had ended."""
    acknowledged = max((f.done for f in facts if f.ok and f.call in (Call.SUBSCRIBE, Call.UNSUBSCRIBE)), default=None)
    return acknowledged is None or any(fact.is_read and fact.sent > acknowledged for fact in facts)


def _judge_order(case: Case, facts: Sequence[Fact], frame: Frame, struck: set[int]) -> None:
    """Judge, strike out the reads that cannot be, and judge what is left: each violation is one of its own."""
    for _ in range(_ROUNDS):
        seen_by = [_likeliest(seen, facts) for seen in projections(facts, frame, struck)]
        found = _first_stage(_violations(case, seen_by, frame)) or _between_people(facts, frame, struck)
        if not found:
            break
        for violation, projection in found:
            blamed = {op.record for op in violation.blamed}
            if blamed <= struck:
                continue  # another person's projection has told this already
            struck |= blamed
            if violation.rule is Rule.EARLY:
                case.doubts.add(Doubt.CLOCKS)
            else:
                case.evidence.append(_told(violation, projection, facts))
    if not case.violated:
        case.evidence.extend(late for projection in seen_by for late in late_effects(projection, facts))
        if case.evidence:
            case.doubts.add(Doubt.LATE)


def _violations(case: Case, seen_by: list[Projection], frame: Frame) -> Iterator[tuple[Violation, Projection]]:
    for projection in seen_by:
        finding = judge_register(projection.operations, projection.unsure)
        if finding.legality is Legality.OPEN:
            case.doubts.add(frame.excuse or projection.doubt or Doubt.REWRITTEN)
        yield from ((violation, projection) for violation in finding.violations)


def _likeliest(seen: Projection, facts: Sequence[Fact]) -> Projection:
    """The projection as what providers said, and that a row may be anybody's, explain it best."""
    mine = explained(seen, facts)
    if seen.otherwise is None or _legality(mine) is Legality.LEGAL:
        return mine
    others = explained(seen.otherwise, facts)
    return min(mine, others, key=lambda one: list(Legality).index(_legality(one)))


def _legality(seen: Projection) -> Legality:
    return judge_register(seen.operations, seen.unsure).legality


def _between_people(
    facts: Sequence[Fact], frame: Frame, struck: AbstractSet[int]
) -> list[tuple[Violation, Projection]]:
    """What all people together show, where none of them alone shows anything."""
    seen = everybody(facts, frame, struck)
    if seen is None:
        return []
    seen = explained(seen, facts)
    return _first_stage((one, seen) for one in judge_register(seen.operations, seen.unsure).violations)


def _first_stage(found: Iterable[tuple[Violation, Projection]]) -> list[tuple[Violation, Projection]]:
    """Of what all projections show, what comes first: later stages tell the same story from its other end."""
    everything = list(found)
    for stage in (PROVENANCE, STALE, MISSING):
        if here := [one for one in everything if one[0].rule in stage]:
            return here
    return []


def _told(violation: Violation, projection: Projection, facts: Sequence[Fact]) -> Evidence:
    evidence = of_order(violation, facts)
    refused = [(index, fact) for index, fact in enumerate(facts) if fact.call == Call.UNSUBSCRIBE and fact.refused]
    if violation.rule not in MISSING or not refused:
        return evidence
    deletes = [Operation(DELETE, ABSENT, fact.sent, fact.done, ok=False, record=index) for index, fact in refused]
    without = judge_register([*projection.operations, *deletes], projection.unsure).legality
    if without is not Legality.LEGAL:
        return evidence
    return Evidence(Rule.REFUSED, evidence.register, evidence.blamed, since=refused[-1][1])
