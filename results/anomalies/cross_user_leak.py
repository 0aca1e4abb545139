"""One person's slot or push holds another's token."""

from typing import Final

from results.anomalies._anomaly import Anomaly
from results.checker.evidence import Evidence
from results.checker.rule import Rule
from results.checker.story import Story


def matches(evidence: Evidence) -> bool:
    """A token of another device, or under the name of somebody who never had this one."""
    return (evidence.rule is Rule.ELSEWHERE and not _same_device(evidence)) or (
        evidence.rule is Rule.OWNER and not evidence.held
    )


def explain(evidence: Evidence, story: Story) -> str:
    """The violation in plain sentences."""
    if evidence.rule is Rule.ELSEWHERE:
        whose = f"The slot holds another device's token: it was minted for {story.label(evidence.at.origin)}."
    else:
        writer = story.person(evidence.since.owner) if evidence.since else "nobody"
        whose = (
            f"It names {story.person(evidence.at.owner)}, but {writer} wrote it, and the other never had the device."
        )
    return story.tell(ANOMALY.title, evidence.register, f"{story.found(evidence.at)}.", whose)


def _same_device(evidence: Evidence) -> bool:
    return evidence.at.origin >> 8 == evidence.at.register >> 8


def badness(evidence: Evidence) -> tuple[int, ...]:
    """What was pushed was seen by the wrong person; what stands in a row will be. Then the longest after its write."""
    return evidence.pushed, evidence.age


ANOMALY: Final = Anomaly(
    id="cross_user_leak",
    title="CROSS USER LEAK",
    severity=1,
    precedence=14,
    chances=("owners_read",),
    matches=matches,
    explain=explain,
    badness=badness,
)
