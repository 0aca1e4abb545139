"""An answer that the API page does not allow: a wrong status, RC or shape, or a 200 where a refusal is due."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from results.anomalies._anomaly import Anomaly
from results.checker.evidence import Evidence
from results.checker.fact import Fact
from results.checker.rule import Rule
from results.checker.story import Story
from results.journal.record import NO_RC, Call, Outcome

_WELL: Final = 2  # hundred: the class of statuses that say that it was done


def matches(evidence: Evidence) -> bool:
    """An operation's fault is one of the breaches."""
    return evidence.rule is Rule.BREACH


def explain(evidence: Evidence, story: Story) -> str:
    """The violation in plain sentences."""
    fact = evidence.at
    call = _call(fact, story)
    why = story.names.fault(fact.fault).removesuffix(".")
    answer = f"status {fact.status}" + (f", RC {fact.rc}" if fact.rc != NO_RC else "")
    return story.tell(
        ANOMALY.title,
        evidence.register,
        f"The {call} begun at {story.at(fact.sent)} was answered with {answer}: {why}.",
    )


def _call(fact: Fact, story: Story) -> str:
    if fact.call == Call.PUSH:
        return f"push to {story.person(fact.owner)}"
    return "unsubscribe" if fact.call == Call.UNSUBSCRIBE else f"subscribe of {story.token(fact.value)}"


def badness(evidence: Evidence) -> tuple[int, ...]:
    """An acknowledgement where a refusal is due is worse than a strange refusal; then the one that took longest."""
    fact = evidence.at
    return fact.ok, fact.status // 100 == _WELL, fact.done - fact.sent


def worst_breaches(breaches: NDArray[np.void], most: int) -> NDArray[np.void]:
    """Of breaches, as records, those that may be among so many of the worst: of equals all, so a few more."""
    took = breaches["done"] - breaches["sent"]
    well = breaches["status"] // 100 == _WELL
    figures = np.stack([breaches["outcome"] != Outcome.OK, ~well, -took, breaches["done"]], axis=1)
    order = np.lexsort(figures.T[::-1])[:most]
    equals = np.flatnonzero((figures == figures[order[-1]]).all(axis=1))
    found: NDArray[np.void] = breaches[np.union1d(order, equals)]
    return found


ANOMALY: Final = Anomaly(
    id="contract_breach",
    title="CONTRACT BREACH",
    severity=3,
    precedence=16,
    chances=("answers", "refusals_due"),
    matches=matches,
    explain=explain,
    badness=badness,
)
