"""Why a rate did not meet the gates: the target was at its limit, or the generator was."""

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from results.verdict import Verdict

# From here on a Python process has no processor time left to be late with.
_BUSY: Final = 90.0  # per cent of one core
_KEPT_UP: Final = 0.95  # sent within the load, of what was offered

# Locust takes part of the first second to spawn its users, which is much of a short trial.
_CAME: Final = 0.85  # of the arrivals that a rate stands for
_SIGMAS: Final = 3.0  # of a Poisson count: its square root

_FULL: Final = 0.8  # of the operations that may be under way


class Limit(StrEnum):
    """What kept a rate from being met, or the search from going on."""

    TARGET = "target"
    GENERATOR = "generator"
    NONE = "none found up to --max"
    UNKNOWN = "unknown"


def limit_of(summary: Mapping[str, Any], *, rate: float, in_flight: int) -> tuple[Limit | None, str]:
    """Read from a run's summary (schema 1) what was the limit at `rate` arrivals a second, and why, in a sentence.

    None and no sentence if the gates were met. `in_flight` is how much a worker may have under way at once.

    - A correctness violation is proof, whatever else went wrong: the target.
    - Arrivals that never came, or a processor used up while less was sent than offered: the generator, even where a
      gate is violated, since answers wait to be read by whoever has no time.
    - A gate violated otherwise: the target. Gates on latency take the generator's delays out before they say so.
    - Arrivals that could not be sent: the target if so much waited for its answers that nothing more was let through
      (by Little's law, rate times service time), and else the generator.
    """
    reason = next(iter(summary["reasons"]), "")
    if summary["correctness"]["verdict"] == Verdict.VIOLATED:
        return Limit.TARGET, reason
    if behind := _behind(summary, rate):
        return Limit.GENERATOR, behind
    if summary["verdict"] == Verdict.VIOLATED:
        return Limit.TARGET, reason
    if summary["verdict"] == Verdict.PASS and not summary["throughput"]["not_sent"]:
        return None, ""  # even if the generator sent late: its delays only add
    if summary["generator"]["verdict"] == Verdict.UNKNOWN or summary["throughput"]["not_sent"]:
        why = next(iter(summary["generator"].get("why", ())), reason)
        return (Limit.TARGET, _waited(summary, in_flight)) if _waiting(summary, in_flight) else (Limit.GENERATOR, why)
    return Limit.UNKNOWN, reason


def _behind(summary: Mapping[str, Any], rate: float) -> str:
    """How the generator fell behind its own schedule; empty if it did not."""
    throughput, seconds, cpu = summary["throughput"], summary["run"]["seconds"], summary["generator"]["cpu_percent"]
    arrivals, due = throughput.get("arrivals"), rate * seconds
    if arrivals is not None and arrivals < _CAME * due - _SIGMAS * math.sqrt(due):
        return f"Only {arrivals:,} of about {due:,.0f} arrivals came about."
    sent, offered = throughput.get("sent_per_second"), throughput["offered"] / seconds if seconds else 0.0
    if cpu is not None and sent is not None and cpu >= _BUSY and sent < _KEPT_UP * offered:
        return f"The generator used {cpu:.0f} % of a core and sent {sent:,.0f} of {offered:,.0f} operations a second."
    return ""


def _waiting(summary: Mapping[str, Any], in_flight: int) -> bool:
    """Whether arrivals were held back because all that may be under way waited for the target."""
    if not summary["throughput"]["not_sent"] or any(gate.get("delayed") for gate in summary["gates"]):
        return False
    return _under_way(summary) >= _FULL * in_flight * (summary["generator"]["workers"] or 1)


def _under_way(summary: Mapping[str, Any]) -> float:
    """Operations under way at once in the trial's busier part."""
    slow = max((latency["service"]["p90"] for latency in summary["latency_ms"].values()), default=0.0)
    return float(slow / 1000 * (summary["throughput"].get("sent_per_second") or 0.0))


def _waited(summary: Mapping[str, Any], in_flight: int) -> str:
    unsent = summary["throughput"]["not_sent"]
    return (
        f"{unsent:,} arrivals were held back: about {_under_way(summary):,.0f} operations waited for the target, "
        f"and a generator process may have {in_flight:,} people under way."
    )
