"""A token was seen, or removed again, after its unsubscribe was acknowledged."""

from typing import Final

from results.anomalies._anomaly import Anomaly
from results.checker.evidence import Evidence
from results.checker.rule import STALE, Rule
from results.checker.story import Story


def matches(evidence: Evidence) -> bool:
    """A stale value after an unsubscribe that nothing followed, or what the next unsubscribe removed."""
    return (evidence.rule in STALE and evidence.unsubscribed) or evidence.rule is Rule.AGAIN


def explain(evidence: Evidence, story: Story) -> str:
    """The violation in plain sentences."""
    return story.tell(
        ANOMALY.title,
        evidence.register,
        "" if evidence.rule is Rule.AGAIN else story.proof(evidence.held, evidence.at.value),
        story.proof(evidence.since, evidence.at.value),
        story.stale(evidence),
        story.no_excuse(evidence),
    )


def badness(evidence: Evidence) -> tuple[int, ...]:
    """The longer after the unsubscribe."""
    return (evidence.age,)


ANOMALY: Final = Anomaly(
    id="resurrected_token",
    title="RESURRECTED TOKEN",
    severity=2,
    precedence=23,
    chances=("unsubscribes_read",),
    matches=matches,
    explain=explain,
    badness=badness,
)
