"""Limits a run has to keep, what they came to, and why."""

from collections.abc import Collection
from typing import Final

from results.gates.errors import METRIC as _ERRORS
from results.gates.gate import Evidence, Finding, Gate, Metric
from results.gates.grammar import METRICS, parse_gates

__all__ = ["METRICS", "Evidence", "Finding", "Gate", "judge", "parse_gates", "with_defaults"]

DEFAULT: Final = parse_gates([_ERRORS.example])[0]


def with_defaults(gates: Collection[Gate]) -> list[Gate]:
    """`gates`, and `errors < 0.1%` unless one of them is on errors."""
    asked = list(gates)
    return asked if any(gate.metric == DEFAULT.metric for gate in asked) else [*asked, DEFAULT]


def judge(gates: Collection[Gate], evidence: Evidence) -> list[Finding]:
    """What each gate came to, in their order."""
    return [_metric(gate).judge(gate, evidence) for gate in gates]


def _metric(gate: Gate) -> Metric:
    return next(metric for metric in METRICS if metric.fits(gate.metric))
