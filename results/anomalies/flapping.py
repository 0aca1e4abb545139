"""Successive reads show one token, another, and the first again: replicas or caches disagree."""

from typing import Final

from results.anomalies._anomaly import Anomaly
from results.checker.evidence import Evidence
from results.checker.rule import Rule
from results.checker.story import Story


def matches(evidence: Evidence) -> bool:
    """V1 or V2 where the superseding token had been read, and the superseded one before it."""
    return evidence.rule in (Rule.V1, Rule.V2) and not evidence.final and len(evidence.swing) == 3


def explain(evidence: Evidence, story: Story) -> str:
    """The violation in plain sentences."""
    seen = "; ".join(story.found(fact) for fact in evidence.swing)
    return story.tell(ANOMALY.title, evidence.register, f"{seen}.", story.no_excuse(evidence))


def badness(evidence: Evidence) -> tuple[int, ...]:
    """The older the token that came back, and the more acknowledged writes it skips."""
    return evidence.age, evidence.skipped


ANOMALY: Final = Anomaly(
    id="flapping",
    title="FLAPPING",
    severity=3,
    precedence=25,
    chances=("repeated_reads",),
    matches=matches,
    explain=explain,
    badness=badness,
)
