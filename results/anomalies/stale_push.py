"""An older token was shown after a newer one was acknowledged, and not to the end."""

from typing import Final

from results.anomalies._anomaly import Anomaly
from results.checker.evidence import Evidence
from results.checker.rule import Rule
from results.checker.story import Story


def matches(evidence: Evidence) -> bool:
    """V1 or V2 by reads that the last read-back does not bear out."""
    return evidence.rule in (Rule.V1, Rule.V2) and not evidence.final


def explain(evidence: Evidence, story: Story) -> str:
    """The violation in plain sentences."""
    right = evidence.right_again
    return story.tell(
        ANOMALY.title,
        evidence.register,
        story.proof(evidence.held, evidence.at.value),
        story.proof(evidence.since, evidence.at.value),
        story.stale(evidence),
        story.no_excuse(evidence),
        f"{story.found(right)} again." if right else "Nothing read later showed it right again.",
    )


def badness(evidence: Evidence) -> tuple[int, ...]:
    """The older the token, then the more acknowledged writes it skips."""
    return evidence.age, evidence.skipped


ANOMALY: Final = Anomaly(
    id="stale_push",
    title="STALE PUSH",
    severity=2,
    precedence=26,
    chances=("replacements_pushed",),
    matches=matches,
    explain=explain,
    badness=badness,
)
