"""A device's former owner still reaches it after the takeover was acknowledged."""

from typing import Final

from results.anomalies._anomaly import Anomaly
from results.checker.evidence import Evidence
from results.checker.rule import MISSING, Rule
from results.checker.story import Story


def matches(evidence: Evidence) -> bool:
    """A read that names a former owner, after another person's subscribe was acknowledged."""
    return (
        (evidence.rule is Rule.OWNER and evidence.held is not None)
        or evidence.rule is Rule.FORMER_ROW
        or (evidence.rule is Rule.V3 and evidence.takeover)
        or (evidence.rule in MISSING and not evidence.at.found_nothing)
    )


def explain(evidence: Evidence, story: Story) -> str:
    """The violation in plain sentences."""
    return story.tell(
        ANOMALY.title,
        evidence.register,
        _taken_over(evidence, story),
        f"{story.found(evidence.at)} for {story.person(evidence.at.owner)}.",
    )


def _taken_over(evidence: Evidence, story: Story) -> str:
    if evidence.since is None:
        return "Another person had taken the device over."
    return f"{story.person(evidence.since.owner).capitalize()} took the device over: {story.proof(evidence.since, 0)}"


def badness(evidence: Evidence) -> tuple[int, ...]:
    """What was pushed is worse than a row; then the longer after the takeover."""
    return evidence.pushed, evidence.age


ANOMALY: Final = Anomaly(
    id="old_owner_push",
    title="OLD OWNER PUSH",
    severity=1,
    precedence=24,
    chances=("owner_changes_read",),
    matches=matches,
    explain=explain,
    badness=badness,
)
