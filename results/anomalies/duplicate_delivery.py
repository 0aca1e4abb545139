"""One push delivered the same token twice."""

from typing import Final

from results.anomalies._anomaly import Anomaly
from results.checker.evidence import Evidence
from results.checker.rule import Rule
from results.checker.story import Story


def matches(evidence: Evidence) -> bool:
    """The same token, more than once, in one push."""
    return evidence.rule is Rule.TWICE


def explain(evidence: Evidence, story: Story) -> str:
    """The violation in plain sentences."""
    first = evidence.blamed[0]
    times = "twice" if len(evidence.blamed) == 2 else f"{len(evidence.blamed)} times"
    receipts = " and ".join(story.at(fact.done) for fact in evidence.blamed)
    return story.tell(ANOMALY.title, evidence.register, f"{story.found(first)} {times}: received at {receipts}.")


def badness(evidence: Evidence) -> tuple[int, ...]:
    """The more often it was delivered."""
    return (len(evidence.blamed),)


ANOMALY: Final = Anomaly(
    id="duplicate_delivery",
    title="DUPLICATE DELIVERY",
    severity=3,
    precedence=11,
    chances=("deliveries",),
    matches=matches,
    explain=explain,
    badness=badness,
)
