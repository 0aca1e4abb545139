"""`p50` … `p99.9`, `max` of a label: the response time, counted from the moment an operation was due.

A generator that stands still, or sends late, makes operations look slow that were not; one that cannot send at all
hides operations that might have been. So a gate on latency is judged like this:

- The limit is kept as measured. The generator's delays only add, so it is kept indeed: pass. But arrivals that were
  never sent have no response time. If the limit would not be kept had each of them waited for ever: unknown.
- The limit is not kept as measured, nor by the service time without the generator's stalls: violated.
- It is not kept as measured, but would be without the generator's delay: unknown. The measurement cannot tell.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from results.gates.gate import DURATIONS, LESS, Evidence, Finding, Gate, Metric, finding, nanoseconds
from results.gates.remedy import remedy, remedy_of_unsent
from results.latency import MAX, counted, quantile, rank
from results.verdict import Verdict


def quantile_named(metric: str) -> Fraction:
    """0 to 1: p50 is 0.5, p99 0.99, p999 and p99.9 both 0.999, max 1."""
    if metric == "max":
        return MAX
    digits = metric.removeprefix("p")
    if "." not in digits and len(digits) > 2:
        digits = f"{digits[:2]}.{digits[2:]}"  # p999 is how people write p99.9
    return Fraction(Decimal(digits)) / 100


def _name_fault(metric: str) -> str:
    if metric == "max" or (0 < quantile_named(metric) < 1 and (metric[1] == "9" or len(metric) < 4 or "." in metric)):
        return ""
    return "a quantile lies between p0 and p100, both excluded; the slowest of all is max"


def _judge(gate: Gate, evidence: Evidence) -> Finding:
    operations = evidence.operations
    mine = operations.mask(gate.label, evidence.run.names.types) & counted(operations)
    if not mine.any():
        return finding(gate, None, Verdict.UNKNOWN, f"No {gate.label} operation was answered.")
    q = quantile_named(gate.metric)
    intended, sent, done = operations.intended[mine], operations.sent[mine], operations.done[mine]
    response = np.sort(done - intended)
    measured = nanoseconds(gate, quantile(response, q))
    if evidence.missing:
        return finding(gate, measured, Verdict.UNKNOWN, f"It cannot be decided: {evidence.missing}.")
    if gate.met_by(measured):
        return _kept(gate, measured, response, evidence)
    undelayed = np.sort(done - sent - evidence.stalls.within(sent, done))
    return _not_kept(gate, measured, nanoseconds(gate, quantile(undelayed, q)), evidence)


def _kept(gate: Gate, measured: Fraction, response: NDArray[np.int64], evidence: Evidence) -> Finding:
    """Whether the limit is still kept if every arrival that was not sent had waited for ever.

    All of them are held against every label: an arrival that was never sent became no operation of any kind.
    """
    unsent = evidence.not_sent
    place = rank(quantile_named(gate.metric), len(response) + unsent)
    if place <= len(response) and gate.met_by(nanoseconds(gate, int(response[place - 1]))):
        return finding(gate, measured, Verdict.PASS)
    arrivals = "arrival was" if unsent == 1 else "arrivals were"
    why = f"{unsent:,} {arrivals} never sent, enough to hide a slower {gate.metric}: {remedy_of_unsent(evidence)}."
    return finding(gate, measured, Verdict.UNKNOWN, why)


def _not_kept(gate: Gate, measured: Fraction, undelayed: Fraction, evidence: Evidence) -> Finding:
    said = f"Measured {float(measured):,.4g} {gate.unit}"
    if gate.met_by(undelayed):
        why = (
            f"{said}, but {float(undelayed):,.4g} {gate.unit} without the generator's own delay, which decides here: "
            f"{remedy(evidence)}."
        )
        return finding(gate, measured, Verdict.UNKNOWN, why, delayed=True)
    why = f"{said}, and {float(undelayed):,.4g} {gate.unit} without the generator's own delay."
    return finding(gate, measured, Verdict.VIOLATED, why)


METRIC: Final = Metric(
    spelling=r"p[0-9]+(?:\.[0-9]+)?|max",
    shown="p50, p90, p99, p99.9, … or max",
    labelled=True,
    operators=LESS,
    units=tuple(DURATIONS),
    example="p99(subscribe) < 250ms",
    judge=_judge,
    name_fault=_name_fault,
)
