"""An acknowledged device is not there, and no unsubscribe can have removed it."""

from typing import Final

from results.anomalies._anomaly import Anomaly
from results.checker.evidence import Evidence
from results.checker.rule import MISSING, Rule
from results.checker.story import Story


def matches(evidence: Evidence) -> bool:
    """V4 or V5 by a read that found nothing."""
    return evidence.rule in MISSING and evidence.at.found_nothing


def explain(evidence: Evidence, story: Story) -> str:
    """The violation in plain sentences."""
    return story.tell(
        ANOMALY.title,
        evidence.register,
        story.proof(evidence.held, evidence.value),
        f"{story.found(evidence.at)}.",
        _why(evidence, story),
    )


def _why(evidence: Evidence, story: Story) -> str:
    until = evidence.until
    if evidence.rule is Rule.V5:
        return "Every unsubscribe that could explain it is needed to explain another absence."
    if until is not None and until.sent > evidence.at.done:
        return f"{story.found(until)} all the same."
    if evidence.since is None:
        return "No unsubscribe had begun by then."
    what = "unsubscribe" if evidence.unsubscribed else "takeover"  # for whoever lost it, that is a removal too
    return f"The last {what} that could explain it ended before: {story.proof(evidence.since, evidence.value)}"


def badness(evidence: Evidence) -> tuple[int, ...]:
    """The longer it had been acknowledged when it was missing."""
    return (evidence.age,)


ANOMALY: Final = Anomaly(
    id="missing_device",
    title="MISSING DEVICE",
    severity=2,
    precedence=30,
    chances=("presences_read",),
    matches=matches,
    explain=explain,
    badness=badness,
)
