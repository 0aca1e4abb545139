"""A run's verdict as a terminal shows it: in words, with its reasons and figures, and where the report is."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from results.reporters.numbers import measured, ms
from results.wording import effect, pushes, spoken

_MARKS: Final = {"pass": "+", "violated": "x", "unknown": "?"}


def words(folder: Path) -> str:
    """The last lines of a run that left its summary.json in `folder`."""
    summary = orjson.loads((folder / "summary.json").read_bytes())
    lines = [f"  ! {warning}" for warning in summary.get("warnings", ())]
    lines += [f"  - {reason}" for reason in summary["reasons"]]
    lines += [f"  {line}" for part in (_gates, _coverage, _rate, _latency, _pushes) for line in part(summary)]
    return "\n".join(["", summary["headline"], *lines, "", f"Report: {folder / 'report.html'}", ""])


def _gates(summary: Mapping[str, Any]) -> Iterator[str]:
    for gate in summary["gates"]:
        known = gate["measured"] is not None
        figure = f"measured {measured(gate['measured'], gate['unit'])}" if known else "not measured"
        yield f"{_MARKS[gate['verdict']]} {gate['gate']}: {gate['verdict']}, {figure}"


def _coverage(summary: Mapping[str, Any]) -> Iterator[str]:
    """What was not exercised; a pass has said so in its first sentences."""
    correctness = summary["correctness"]
    missed = correctness["not_exercised"]
    if missed and correctness["verdict"] != "pass":
        yield f"not exercised: {', '.join(map(spoken, missed))}"


def _rate(summary: Mapping[str, Any]) -> Iterator[str]:
    rate, unsent = summary["throughput"]["per_second"], summary["throughput"]["not_sent"]
    if rate is not None:
        yield f"{rate:,.0f} operations a second ended well, {unsent:,} arrivals were not sent"


def _latency(summary: Mapping[str, Any]) -> Iterator[str]:
    for call in ("subscribe", "unsubscribe"):
        if took := summary["latency_ms"].get(call):
            quantiles = ", ".join(f"{name} {ms(took['response'][name])} ms" for name in ("p50", "p99", "max"))
            yield f"{call}: response {quantiles}"
    yield from (f"? these are not the backend's alone. {why}" for why in _own_delay(summary))


def _own_delay(summary: Mapping[str, Any]) -> list[str]:
    """Why latency is unknown, as far as the reasons have not said it."""
    said = " ".join(summary["reasons"])
    return [why for why in summary["generator"]["why"] if why not in said and "decides" not in why]


def _pushes(summary: Mapping[str, Any]) -> Iterator[str]:
    if (staleness := summary["staleness"]) is not None:
        yield pushes(staleness["delivered"], staleness["stale"], staleness["age_ms"]["max"])
    if (took := summary["time_to_effect"]) is not None:
        yield effect(took["rotations"], took["seen"], took["ms"] and took["ms"]["p50"])
