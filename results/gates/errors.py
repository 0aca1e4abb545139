"""`errors`: operations that ended in fail or info, among all that were sent.

Reads do not count, nor do arrivals that could not be sent: that is the generator's doing. So is a call for which it had
no socket; where these decide, the gate is unknown.
"""

from fractions import Fraction
from typing import Final

from results.gates.gate import LESS, Evidence, Finding, Gate, Metric, finding
from results.verdict import Verdict

NO_SOCKET: Final = "no_socket"  # the fault of a call for which the generator's machine had no socket or port left


def _judge(gate: Gate, evidence: Evidence) -> Finding:
    tally = evidence.tally
    if not tally.total:
        return finding(gate, None, Verdict.UNKNOWN, "No operation was recorded.")
    measured = Fraction(100 * tally.errors, tally.total)
    if not gate.met_by(measured):
        why = f"{tally.errors:,} of {tally.total:,} operations ended in an error ({float(measured):.3g} %)"
        if ours := evidence.own_end:
            return finding(gate, measured, Verdict.UNKNOWN, f"{why}, some perhaps for no fault of the target: {ours}.")
        unsent = tally.faults.get(NO_SOCKET, 0)
        if unsent and gate.met_by(Fraction(100 * (tally.errors - unsent), max(tally.total - unsent, 1))):
            return finding(gate, measured, Verdict.UNKNOWN, f"{why}, {unsent:,} for want of a socket in the generator.")
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
