"""The worst of what was found, told in full: in words, by its witness, and as a script that does it again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from results.anomalies import ANOMALIES
from results.checker.by_register import ByRegister
from results.checker.evidence import Evidence
from results.checker.fact import Fact
from results.checker.replay import script
from results.checker.rule import MISSING, STALE, Rule
from results.checker.shown import Found, Worst
from results.checker.story import Story
from results.checker.witness import Witness, witness_of
from results.journal.record import ABSENT, NO_REGISTER, NOBODY, STRANGER, Call, Outcome
from results.judgement import Example, Step, Stretch

_CALLS: Final = {
    Call.SUBSCRIBE: "subscribe",
    Call.UNSUBSCRIBE: "unsubscribe",
    Call.PUSH: "push",
    Call.READBACK: "read-back",
    Call.DELIVERY: "push",
}
_OUTCOMES: Final = {Outcome.OK: "ok", Outcome.FAIL: "fail", Outcome.INFO: "info"}


def examples(shown: Mapping[str, Worst], story: Story, registers: ByRegister) -> Iterator[Example]:
    """Examples by severity, and of each anomaly the worst first."""
    for anomaly in sorted(ANOMALIES.values(), key=lambda one: (one.severity, one.precedence)):
        for found in shown.get(anomaly.id, ()):
            evidence = found.evidence
            witness = witness_of(found, _brought(found, registers))
            yield Example(
                anomaly=anomaly.id,
                register=story.label(evidence.register) if evidence.register else story.person(evidence.at.owner),
                text=anomaly.explain(evidence, story),
                witness=[_step(fact, witness, found, story) for fact in witness.facts],
                must=_must(evidence, story),
                replay=script(witness, found, story),
            )


def _brought(found: Found, registers: ByRegister) -> Sequence[Fact]:
    """The subscribes, of another register, that brought a token which was read here."""
    at = found.evidence.at
    if found.evidence.rule is not Rule.ELSEWHERE or at.origin == NO_REGISTER:
        return ()
    there = registers.facts_of_register(at.origin)
    sent = (fact for fact in there if fact.call == Call.SUBSCRIBE and fact.value == at.value and fact.sent < at.done)
    return [fact for fact in sent if not (fact.outcome == Outcome.FAIL and not fact.status)]


def _step(fact: Fact, witness: Witness, found: Found, story: Story) -> Step:
    part = "wrong" if fact in found.evidence.blamed else "excuse" if witness.is_excuse(fact) else "proof"
    has_token = fact.value != ABSENT and fact.call != Call.PUSH
    return Step(
        call=_CALLS[Call(fact.call)],
        register=story.label(fact.register) if fact.register else "",
        person=None if fact.owner in (NOBODY, STRANGER) else fact.owner,
        token=story.token(fact.value) if has_token else None,
        outcome=_OUTCOMES[Outcome(fact.outcome)],
        status=fact.status or None if fact.call != Call.READBACK else None,
        began=story.seconds(fact.sent),
        ended=story.seconds(fact.done),
        text=_came_to(fact, story),
        part=part,
    )


def _came_to(fact: Fact, story: Story) -> str:
    """What came of an operation, as it stands after its name."""
    if fact.call in (Call.READBACK, Call.DELIVERY):
        return _read(fact, story)
    if fact.timed_out:
        return "was never answered, and may act at any time" if not fact.status else f"ended with {fact.status}"
    if not fact.ok:
        return f"was refused with {fact.status}" if fact.status else "never left"
    if fact.call == Call.UNSUBSCRIBE and fact.rows >= 0:
        return f"was acknowledged, {fact.rows} removed"
    return "was acknowledged"


def _read(fact: Fact, story: Story) -> str:
    if fact.value == ABSENT:
        return "did not reach it" if fact.call == Call.DELIVERY else "found nothing"
    did = "delivered" if fact.call == Call.DELIVERY else "found"
    answer = f", answered {fact.status}" if fact.dead and fact.status else ""
    return f"{did} {story.token(fact.value)}{answer}"


def _must(evidence: Evidence, story: Story) -> Stretch | None:
    """What must have stood there from an acknowledgement on to the read that shows something else."""
    at, said = evidence.at, _standing(evidence, story)
    if said is None or said[0].done >= at.sent:
        return None
    return Stretch(story.seconds(said[0].done), story.seconds(at.sent), said[1])


def _standing(evidence: Evidence, story: Story) -> tuple[Fact, str] | None:
    since, held = evidence.since, evidence.held
    if evidence.rule in MISSING and held is not None and evidence.at.found_nothing:
        return held, f"{story.token(evidence.value)} must stand here"
    superseded = evidence.rule in STALE or evidence.rule in (Rule.LATE_WRITE, Rule.FORMER_ROW, Rule.OWNER)
    if since is None or (not superseded and evidence.rule not in MISSING):
        return None
    if evidence.unsubscribed:
        return since, "nothing may stand here"
    if (evidence.takeover and evidence.at.owner != NOBODY) or evidence.rule is Rule.FORMER_ROW:
        return since, f"it is {story.person(since.owner)}'s here"
    return since, f"{story.token(since.value)} or a newer one must stand here"
