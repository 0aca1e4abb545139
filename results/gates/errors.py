"""`errors`: operations that ended in fail or info, among all that were sent.

Reads do not count, nor do arrivals that could not be sent: that is the generator's doing.
"""

from fractions import Fraction
from typing import Final

from results.gates.gate import LESS, Evidence, Finding, Gate, Metric, finding
from results.verdict import Verdict


def _judge(gate: Gate, evidence: Evidence) -> Finding:
    tally = evidence.tally
    if not tally.total:
        return finding(gate, None, Verdict.UNKNOWN, "No operation was recorded.")
    measured = Fraction(100 * tally.errors, tally.total)
    if not gate.met_by(measured):
        why = f"{tally.errors:,} of {tally.total:,} operations ended in an error ({float(measured):.3g} %)"
        if ours := evidence.own_end:
            return finding(gate, measured, Verdict.UNKNOWN, f"{why}, some perhaps for no fault of the target: {ours}.")
        # Errors that were recorded did happen, whatever else is missing.
        return finding(gate, measured, Verdict.VIOLATED, f"{why}.")
    if evidence.missing:
        return finding(gate, measured, Verdict.UNKNOWN, f"Errors may be missing: {evidence.missing}.")
    return finding(gate, measured, Verdict.PASS)


METRIC: Final = Metric(
    spelling="errors",
    shown="errors",
    labelled=False,
    operators=LESS,
    units=("%",),
    example="errors < 0.1%",
    judge=_judge,
)
