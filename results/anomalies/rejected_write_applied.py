"""A request that was refused took effect."""

from typing import Final

from results.anomalies._anomaly import Anomaly
from results.checker.evidence import Evidence
from results.checker.rule import Rule
from results.checker.story import Story
from results.journal.record import Call


def matches(evidence: Evidence) -> bool:
    """A refused subscribe's token was seen, or only a refused unsubscribe explains an absence."""
    return evidence.rule is Rule.REFUSED


def explain(evidence: Evidence, story: Story) -> str:
    """The violation in plain sentences."""
    return story.tell(ANOMALY.title, evidence.register, _refusal(evidence, story), f"{story.found(evidence.at)}.")


def _refusal(evidence: Evidence, story: Story) -> str:
    since = evidence.since
    if since is None:
        return "A request was refused."
    what = "unsubscribe" if since.call == Call.UNSUBSCRIBE else f"subscribe of {story.token(since.value)}"
    how = f"with status {since.status}" if since.status else "before it was sent"
    return f"The {what} begun at {story.at(since.sent)} was refused {how}."


def badness(evidence: Evidence) -> tuple[int, ...]:
    """The longer after the refusal."""
    return (evidence.age,)


ANOMALY: Final = Anomaly(
    id="rejected_write_applied",
    title="REJECTED WRITE APPLIED",
    severity=2,
    precedence=15,
    chances=("refused_writes",),
    matches=matches,
    explain=explain,
    badness=badness,
)
