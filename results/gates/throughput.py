"""`throughput`: operations that ended well, for each second of the load.

An open generator that sends less than the limit proves nothing about the backend: it was never asked.
A closed one sends as fast as it is answered, so there a low throughput is the backend's.
"""

from fractions import Fraction
from typing import Final

import numpy as np

from results.gates.gate import MORE, Evidence, Finding, Gate, Metric, finding
from results.journal.record import Outcome
from results.verdict import Verdict


def succeeded(evidence: Evidence) -> int:
    """Operations answered well while the load went on; those of the drain after it would flatter the rate."""
    began, ended = evidence.window
    operations = evidence.operations
    inside = (operations.done >= began) & (operations.done <= ended)
    return int(np.count_nonzero(inside & (operations.outcome == Outcome.OK)))


def sent(evidence: Evidence) -> int:
    """Operations sent while the load went on."""
    began, ended = evidence.window
    return int(np.count_nonzero((evidence.operations.sent >= began) & (evidence.operations.sent <= ended)))


def per_second(evidence: Evidence, count: int) -> Fraction | None:
    """Turn a count of operations into a rate; None if the load took no time."""
    began, ended = evidence.window
    return Fraction(count * 1_000_000_000, ended - began) if ended > began else None


def _judge(gate: Gate, evidence: Evidence) -> Finding:
    measured = per_second(evidence, succeeded(evidence))
    if measured is None or not len(evidence.operations):
        return finding(gate, None, Verdict.UNKNOWN, "No operation was recorded.")
    if evidence.missing:
        return finding(gate, measured, Verdict.UNKNOWN, f"It cannot be decided: {evidence.missing}.")
    if gate.met_by(measured):
        return finding(gate, measured, Verdict.PASS)
    rate = per_second(evidence, sent(evidence)) or Fraction(0)
    if evidence.run.model == "open" and not gate.met_by(rate):
        why = (
            f"Only {float(rate):,.4g} operations a second were sent: offer more than the limit, or use more processes."
        )
        return finding(gate, measured, Verdict.UNKNOWN, why)
    return finding(gate, measured, Verdict.VIOLATED, f"Measured {float(measured):,.4g}/s.")


METRIC: Final = Metric(
    spelling="throughput",
    shown="throughput",
    labelled=False,
    operators=MORE,
    units=("/s",),
    example="throughput > 2000/s",
    judge=_judge,
)
