"""A token that nobody minted, or that was never sent to the backend."""

from typing import Final

from results.anomalies._anomaly import Anomaly
from results.checker.evidence import Evidence
from results.checker.rule import Rule
from results.checker.story import Story
from results.journal.record import GHOST


def matches(evidence: Evidence) -> bool:
    """A token that does not decode, or that no journaled operation wrote."""
    return evidence.rule in (Rule.GHOST, Rule.UNWRITTEN)


def explain(evidence: Evidence, story: Story) -> str:
    """The violation in plain sentences."""
    never = "" if evidence.rule is Rule.GHOST else ", which is validly minted for it, but was never issued"
    return story.tell(ANOMALY.title, evidence.register, f"{story.found(evidence.at)}{never}.")


def badness(evidence: Evidence) -> tuple[int, ...]:
    """What was pushed to is worse than what stands in a row; what names no origin is worse than a part of a token."""
    return evidence.pushed, evidence.rule is Rule.UNWRITTEN, evidence.at.value == GHOST


ANOMALY: Final = Anomaly(
    id="ghost_token",
    title="GHOST TOKEN",
    severity=2,
    precedence=12,
    chances=("tokens_read",),
    matches=matches,
    explain=explain,
    badness=badness,
)
