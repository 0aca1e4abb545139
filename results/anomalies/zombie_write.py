"""A superseded token came back, and its attempt had timed out. Allowed, so it makes no verdict but unknown."""

from typing import Final

from results.anomalies._anomaly import Anomaly
from results.checker.evidence import Evidence
from results.checker.rule import Rule
from results.checker.story import Story


def matches(evidence: Evidence) -> bool:
    """Legal only because a timed-out write may act late."""
    return evidence.rule is Rule.LATE_WRITE


def explain(evidence: Evidence, story: Story) -> str:
    """The violation in plain sentences."""
    return story.tell(
        ANOMALY.title,
        evidence.register,
        _attempt(evidence, story),
        story.proof(evidence.since, evidence.at.value),
        story.stale(evidence),
        "Only that attempt, acting after it had been superseded, explains it.",
    )


def _attempt(evidence: Evidence, story: Story) -> str:
    return f"An attempt to subscribe {story.token(evidence.at.value)} got no answer."


def badness(evidence: Evidence) -> tuple[int, ...]:
    """The longer after it had been superseded."""
    return (evidence.age,)


ANOMALY: Final = Anomaly(
    id="zombie_write",
    title="ZOMBIE WRITE",
    severity=3,
    precedence=20,
    chances=("superseded_info_writes",),
    matches=matches,
    explain=explain,
    badness=badness,
    violates=False,
)
