"""Every anomaly by its id. A file in this folder with an ANOMALY is one; nothing else has to know of it.

Evidence is named by the first anomaly, by `precedence`, that it matches: a register that shows several things counts
once for each, but one piece of evidence is told once, by its most telling name.

 1x  single reads and counts: what they show needs no other explanation
 2x  a stale value: timed out, a former owner's, standing at the end, swinging to and fro, or only late
 3x  an absence
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from results.anomalies._anomaly import SEVERITIES, Anomaly
from results.checker.evidence import Evidence

__all__ = ["ANOMALIES", "SEVERITIES", "Anomaly", "classify"]


def _load() -> dict[str, Anomaly]:
    names = sorted(module.name for module in iter_modules(__path__) if not module.name.startswith("_"))
    found: list[Anomaly] = [import_module(f"{__name__}.{name}").ANOMALY for name in names]
    return {anomaly.id: anomaly for anomaly in sorted(found, key=lambda one: one.precedence)}


ANOMALIES: Final = _load()


def classify(evidence: Evidence) -> Anomaly | None:
    """The anomaly that a piece of evidence shows; None for what is no anomaly, such as a late delete."""
    return next((anomaly for anomaly in ANOMALIES.values() if anomaly.matches(evidence)), None)
