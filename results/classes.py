"""Each class of anomaly at a glance: how severe it is, how often it was found, and what could have shown it."""

from dataclasses import dataclass
from typing import Self

from results.anomalies import ANOMALIES
from results.judgement import Judgement


@dataclass(frozen=True, slots=True)
class AnomalyClass:
    """One class of anomaly in one run. Times are seconds since the run began."""

    severity: int  # a key of SEVERITIES
    found: int  # registers, or for contract_breach operations, that show it
    first: float | None  # of its first proof; None: none was found
    last: float | None
    exercised: bool  # False: it had no chance to show, and that none was found says nothing
    chances: dict[str, int]  # chance → how often the run had it

    @classmethod
    def of(cls, name: str, judgement: Judgement) -> Self:
        """What became of the anomaly of this id."""
        anomaly, seen = ANOMALIES[name], judgement.seen.get(name)
        return cls(
            severity=anomaly.severity,
            found=judgement.anomalies[name],
            first=None if seen is None else seen.first,
            last=None if seen is None else seen.last,
            exercised=name not in judgement.not_exercised,
            chances={chance: judgement.coverage.get(chance, 0) for chance in anomaly.chances},
        )


def classes(judgement: Judgement) -> dict[str, AnomalyClass]:
    """Every class by its id, the most severe first."""
    names = sorted(judgement.anomalies, key=lambda name: (ANOMALIES[name].severity, ANOMALIES[name].precedence))
    return {name: AnomalyClass.of(name, judgement) for name in names}
