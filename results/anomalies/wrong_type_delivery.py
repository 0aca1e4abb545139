"""A token at the wrong provider, topic or slot of its own device."""

from typing import Final

from results.anomalies._anomaly import Anomaly
from results.checker.evidence import Evidence
from results.checker.rule import Rule
from results.checker.story import Story


def matches(evidence: Evidence) -> bool:
    """A token of the same device, minted for another type."""
    return evidence.rule is Rule.ELSEWHERE and evidence.at.origin >> 8 == evidence.at.register >> 8


def explain(evidence: Evidence, story: Story) -> str:
    """The violation in plain sentences."""
    return story.tell(
        ANOMALY.title,
        evidence.register,
        f"{story.found(evidence.at)}, which was minted for {story.label(evidence.at.origin)}.",
    )


def badness(evidence: Evidence) -> tuple[int, ...]:
    """What was pushed is worse than a row."""
    return (evidence.pushed,)


ANOMALY: Final = Anomaly(
    id="wrong_type_delivery",
    title="WRONG TYPE DELIVERY",
    severity=2,
    precedence=13,
    chances=("deliveries", "two_type_tokens_read"),
    matches=matches,
    explain=explain,
    badness=badness,
)
