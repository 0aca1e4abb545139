"""The worst of what was found, told in full: in words, by its witness, and as a script that does it again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from results.anomalies import ANOMALIES, Anomaly
from results.checker.evidence import Evidence
from results.checker.fact import Fact, facts_of
from results.checker.partial import Told
from results.checker.replay import script
from results.checker.rule import MISSING, STALE, Rule
from results.checker.shown import Found, Worst
from results.checker.story import Story
from results.checker.whole import Whole
from results.checker.witness import Witness, witness_of, wrong
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


Brought = Mapping[tuple[int, int], Sequence[Fact]]  # register, token → the subscribes that brought it, by `sent`


def told(shown: Mapping[str, Worst], story: Story, whole: Whole) -> dict[str, list[Told]]:
    """Each anomaly's examples, the worst first."""
    brought = _brought((found for worst in shown.values() for _, found in worst), whole)
    return {
        name: [Told(rank, _example(ANOMALIES[name], found, story, brought)) for rank, found in worst]
        for name, worst in shown.items()
    }


def _example(anomaly: Anomaly, found: Found, story: Story, brought: Brought) -> Example:
    at = found.evidence.at
    elsewhere = brought.get((at.origin, at.value), ()) if _of_elsewhere(found) else ()
    witness = witness_of(found, [fact for fact in elsewhere if fact.sent < at.done])
    evidence = _as_witnessed(found, witness)
    return Example(
        anomaly=anomaly.id,
        register=story.label(evidence.register) if evidence.register else story.person(at.owner),
        text=anomaly.explain(evidence, story),
        witness=[_step(fact, witness, found, story) for fact in witness.facts],
        must=_must(evidence, story),
        replay=script(witness, found, story),
    )


def _as_witnessed(found: Found, witness: Witness) -> Evidence:
    """The evidence, citing operations of the witness, where that does without those it cites."""
    evidence = found.evidence
    if all(one is None or one in witness.facts for one in (evidence.held, evidence.since)):
        return evidence
    same = (one for one in wrong(witness.facts, found) if one.rule is evidence.rule and evidence.at in one.blamed)
    if (other := next(same, None)) is None:
        return evidence

    def cited(fact: Fact | None, instead: Fact | None) -> Fact | None:
        return instead if fact not in witness.facts and instead in witness.facts else fact

    return replace(evidence, held=cited(evidence.held, other.held), since=cited(evidence.since, other.since))


def _of_elsewhere(found: Found) -> bool:
    """Whether it is a token that was minted for another register, and read here."""
    return found.evidence.rule is Rule.ELSEWHERE and found.evidence.at.origin != NO_REGISTER


def _brought(shown: Iterable[Found], whole: Whole) -> Brought:
    """The subscribes, of other registers, that brought the tokens which were read in another one's place."""
    wanted = {(found.evidence.at.origin, found.evidence.at.value) for found in shown if _of_elsewhere(found)}
    brought: dict[tuple[int, int], list[Fact]] = {}
    for fact in facts_of(whole.subscribes_of(wanted).tolist()):
        brought.setdefault((fact.register, fact.value), []).append(fact)
    return brought


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
