"""An answer that the API page does not allow: a wrong status, RC or shape, or a 200 where a refusal is due."""

from typing import Final

from results.anomalies._anomaly import Anomaly
from results.checker.evidence import Evidence
from results.checker.fact import Fact
from results.checker.rule import Rule
from results.checker.story import Story
from results.journal.record import NO_RC, Call


def matches(evidence: Evidence) -> bool:
    """An operation's fault is one of the breaches."""
    return evidence.rule is Rule.BREACH


def explain(evidence: Evidence, story: Story) -> str:
    """The violation in plain sentences."""
    fact = evidence.at
    call = _call(fact, story)
    why = story.fault_name(fact.fault).removesuffix(".")
    answer = f"status {fact.status}" + (f", RC {fact.rc}" if fact.rc != NO_RC else "")
    return story.tell(
        ANOMALY.title,
        evidence.register,
        f"The {call} begun at {story.at(fact.sent)} was answered with {answer}: {why}.",
    )


def _call(fact: Fact, story: Story) -> str:
    if fact.call == Call.PUSH:
        return f"push to {story.person(fact.owner)}"
    return "unsubscribe" if fact.call == Call.UNSUBSCRIBE else f"subscribe of {story.token(fact.value)}"


ANOMALY: Final = Anomaly(
    id="contract_breach",
    title="CONTRACT BREACH",
    severity=3,
    precedence=16,
    chances=("answers", "refusals_due"),
    matches=matches,
    explain=explain,
)
