"""A run's phases and scenarios as rows of a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from results.latency import Latency
from results.operations import Counts
from results.reporters.numbers import NONE, count, duration, figure, percent
from results.summary import Summary

_KIND: Final = "subscribe"  # the call whose response time is told: the one that everything is about


@dataclass(frozen=True, slots=True)
class Row:
    """A phase or a scenario, its figures as text."""

    name: str
    first: list[str]  # what only a phase, or only a scenario, has
    operations: str
    errors: str
    is_bad: bool  # there were errors
    response: list[str]  # p50, p99, max
    backlog: str
    last: list[str]  # as `first`


PHASE_HEADS: Final[tuple[list[str], list[str]]] = (["from", "lasted", "asked/s", "ended well/s"], [])
SCENARIO_HEADS: Final[tuple[list[str], list[str]]] = ([], ["not sent", "over at"])
HEADS: Final = ("operations", "errors", "p50", "p99", "max", "most waiting")


def phase_rows(summary: Summary) -> list[Row]:
    """Phases in their order."""
    return list(_phase_rows(summary))


def _phase_rows(summary: Summary) -> Iterator[Row]:
    for phase in summary.phases:
        asked = phase.throughput.asked
        first = [
            _moment(phase.began_s),
            _moment(phase.seconds),
            NONE if asked is None or not phase.seconds else figure(asked / phase.seconds),
            figure(phase.throughput.per_second),
        ]
        waiting = f"{count(phase.backlog.most)} at {_moment(phase.backlog.at_s)}" if phase.backlog.most else "0"
        yield _row(phase.name, first, phase.operations, phase.latency_ms, waiting, [])


def scenario_rows(summary: Summary) -> list[Row]:
    """Scenarios, the most frequent first."""
    return list(_scenario_rows(summary))


def _scenario_rows(summary: Summary) -> Iterator[Row]:
    for name, lived in sorted(summary.scenarios.items(), key=lambda item: (-item[1].operations.total, item[0])):
        waiting = f"{count(lived.backlog.most)} at {_moment(lived.backlog.at_s)}" if lived.backlog.most else "0"
        over = _moment(lived.over_s) if lived.operations.total else NONE
        yield _row(name, [], lived.operations, lived.latency_ms, waiting, [count(lived.not_sent), over])


def _row(
    name: str, first: list[str], counts: Counts, latency: dict[str, Latency], waiting: str, last: list[str]
) -> Row:
    spread = latency[_KIND].response if _KIND in latency else None
    response = [duration(value) for value in (spread.p50, spread.p99, spread.max)] if spread else [NONE] * 3
    errors = percent(counts.errors, counts.total)
    return Row(name, first, count(counts.total), errors, counts.errors > 0, response, waiting, last)


def _moment(seconds: float) -> str:
    return duration(1000 * round(seconds, 2))
