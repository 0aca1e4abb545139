"""`stale_age_p99`: how old the tokens that pushes carried were, over all that were delivered; see results.staleness."""

from fractions import Fraction
from typing import Final

from results.gates.gate import DURATIONS, LESS, Evidence, Finding, Gate, Metric, finding, nanoseconds
from results.gates.latency import METRIC as LATENCY
from results.gates.latency import quantile_named
from results.latency import quantile
from results.verdict import Verdict

_PREFIX: Final = "stale_age_"


def _judge(gate: Gate, evidence: Evidence) -> Finding:
    ages = evidence.stale_ages
    if not len(ages):
        return finding(gate, None, Verdict.UNKNOWN, "No push was delivered: read back with push during the run.")
    measured: Fraction = nanoseconds(gate, quantile(ages, quantile_named(gate.metric.removeprefix(_PREFIX))))
    if not gate.met_by(measured):
        return finding(gate, measured, Verdict.VIOLATED, f"Measured {float(measured):,.4g} {gate.unit}.")
    if evidence.missing:
        return finding(gate, measured, Verdict.UNKNOWN, f"It cannot be decided: {evidence.missing}.")
    return finding(gate, measured, Verdict.PASS)


METRIC: Final = Metric(
    spelling=rf"{_PREFIX}(?:{LATENCY.spelling})",
    shown="stale_age_p99",
    labelled=False,
    operators=LESS,
    units=tuple(DURATIONS),
    example="stale_age_p99 < 5s",
    judge=_judge,
    name_fault=lambda metric: LATENCY.name_fault(metric.removeprefix(_PREFIX)),
)
