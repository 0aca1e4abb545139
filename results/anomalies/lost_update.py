"""An acknowledged update is gone: an older value still stands at the final read-back."""

from typing import Final

from results.anomalies._anomaly import Anomaly
from results.checker.evidence import Evidence
from results.checker.rule import Rule
from results.checker.story import Story
from results.journal.record import ABSENT


def matches(evidence: Evidence) -> bool:
    """V1, V2, or a takeover that was overrun, and the last read-back still shows it."""
    overrun = evidence.takeover and evidence.rule is not Rule.LATE_DELETE  # which is legal
    superseded = (evidence.rule in (Rule.V1, Rule.V2) and not evidence.unsubscribed) or overrun
    return evidence.final and evidence.at.value != ABSENT and superseded


def explain(evidence: Evidence, story: Story) -> str:
    """The violation in plain sentences."""
    return story.tell(
        ANOMALY.title,
        evidence.register,
        story.proof(evidence.held, evidence.at.value),
        story.proof(evidence.since, evidence.at.value),
        story.stale(evidence),
        story.no_excuse(evidence),
    )


def badness(evidence: Evidence) -> tuple[int, ...]:
    """The more acknowledged writes are lost, then the longer ago the first of them was acknowledged."""
    return evidence.skipped, evidence.age


ANOMALY: Final = Anomaly(
    id="lost_update",
    title="LOST UPDATE",
    severity=2,
    precedence=22,
    chances=("replacements_read_back",),
    matches=matches,
    explain=explain,
    badness=badness,
)
