"""More than one row or record stands for one register."""

from typing import Final

from results.anomalies._anomaly import Anomaly
from results.checker.evidence import Evidence
from results.checker.rule import Rule
from results.checker.story import Story
from results.journal.record import Call


def matches(evidence: Evidence) -> bool:
    """Rows counted by a read-back, or removed by one unsubscribe."""
    return evidence.rule is Rule.ROWS


def explain(evidence: Evidence, story: Story) -> str:
    """The violation in plain sentences."""
    first = evidence.blamed[0]
    if first.call == Call.UNSUBSCRIBE:
        seen = f"The unsubscribe begun at {story.at(first.sent)} removed {first.rows} records, where one can stand."
    else:
        rows = ", ".join(f"{story.token(row.value)} of {story.person(row.owner)}" for row in evidence.blamed)
        seen = (
            f"The read-back at {story.at(first.sent)} found {len(evidence.blamed)} rows, where one can stand: {rows}."
        )
    return story.tell(ANOMALY.title, evidence.register, seen)


def badness(evidence: Evidence) -> tuple[int, ...]:
    """The more rows."""
    return (max(len(evidence.blamed), evidence.at.rows),)


ANOMALY: Final = Anomaly(
    id="duplicate_subscription",
    title="DUPLICATE SUBSCRIPTION",
    severity=3,
    precedence=10,
    chances=("second_posts_read",),
    matches=matches,
    explain=explain,
    badness=badness,
)
