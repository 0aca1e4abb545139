"""A run's verdict as a terminal shows it: in words, with its reasons and figures, and where the report is."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from results.reporters.numbers import duration, figure, measured, ms, percent
from results.wording import effect, pushes, spoken

_MARKS: Final = {"pass": "+", "violated": "x", "unknown": "?"}


def words(folder: Path) -> str:
    """The last lines of a run that left its summary.json in `folder`."""
    summary = orjson.loads((folder / "summary.json").read_bytes())
    lines = [f"  ! {warning}" for warning in summary.get("warnings", ())]
    lines += [f"  - {reason}" for reason in summary["reasons"]]
    lines += [f"  {line}" for part in _PARTS for line in part(summary)]
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


def _phases(summary: Mapping[str, Any]) -> Iterator[str]:
    for phase in summary.get("phases", ()):
        rate, counts = phase["throughput"]["per_second"], phase["operations"]
        done = "no time" if rate is None else f"{figure(rate)}/s ended well"
        wrong = counts["fail"] + counts["info"] - counts["due"]
        took = phase["latency_ms"].get("subscribe")
        slowest = f", subscribe p99 {ms(took['response']['p99'])} ms" if took else ""
        yield (
            f"{phase['name']} (from {duration(1000 * round(phase['began_s'], 2))}): {done}{slowest}, "
            f"errors {percent(wrong, counts['total'])}, at most {phase['backlog']['most']:,} waiting"
        )


def _scenarios(summary: Mapping[str, Any]) -> Iterator[str]:
    """In one line, the slowest first; where there is but one, it is the whole."""
    took = {name: lived["latency_ms"].get("subscribe") for name, lived in summary.get("scenarios", {}).items()}
    slowest = sorted(((one["response"]["p99"], name) for name, one in took.items() if one), reverse=True)
    if len(slowest) > 1:
        yield f"p99 of subscribe, ms: {', '.join(f'{name} {ms(p99)}' for p99, name in slowest)}"


def _own_delay(summary: Mapping[str, Any]) -> list[str]:
    """Why latency is unknown, as far as the reasons have not said it."""
    said = " ".join(summary["reasons"])
    return [why for why in summary["generator"]["why"] if why not in said and "decides" not in why]


def _pushes(summary: Mapping[str, Any]) -> Iterator[str]:
    if (staleness := summary["staleness"]) is not None:
        yield pushes(staleness["delivered"], staleness["stale"], staleness["age_ms"]["max"])
    if (took := summary["time_to_effect"]) is not None:
        yield effect(took["rotations"], took["seen"], took["ms"] and took["ms"]["p50"])


_PARTS: Final = (_gates, _coverage, _rate, _latency, _phases, _scenarios, _pushes)
