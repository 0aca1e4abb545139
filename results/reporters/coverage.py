"""What a run could have caught, for people: every class of anomaly by what became of it, and pushes in a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from results.latency import Spread
from results.reporters.chances import CHANCES, chance_said, chances_named, chances_said
from results.reporters.numbers import count, duration
from results.summary import Summary
from results.wording import effect, pushes

_TITLES: Final = (
    "Found",
    "Looked for and not found",
    "Not exercised: the run had no chance to show it, and that none was found says nothing",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One class: `chances` are those it had, or where it had none, those that it would have needed."""

    name: str
    found: int
    exercised: bool
    chances: list[str]


def coverage(summary: Summary) -> list[tuple[str, list[Row]]]:
    """Every class in the group that it belongs to; groups without any are left out."""
    groups: tuple[list[Row], ...] = ([], [], [])
    for name, one in summary.correctness.classes.items():
        said = chances_said(one.chances) if one.exercised else chances_named(one.chances)
        row = Row(name, one.found, one.exercised, said)
        groups[0 if one.found else 1 if one.exercised else 2].append(row)
    return [(title, rows) for title, rows in zip(_TITLES, groups, strict=True) if rows]


def done_besides(summary: Summary) -> list[str]:
    """What the run did that is no class's chance by itself."""
    told = {chance for one in summary.correctness.classes.values() for chance in one.chances}
    known = [name for name in CHANCES if name in summary.correctness.coverage]
    others = [name for name in summary.correctness.coverage if name not in CHANCES]
    counted = ((name, summary.correctness.coverage[name]) for name in [*known, *others] if name not in told)
    return [chance_said(name, number) for name, number in counted if number]


@dataclass(frozen=True, slots=True)
class Pushes:
    """How fresh pushes were: in sentences, and as rows of a name, how many were counted, and their quantiles."""

    said: list[str]
    rows: list[tuple[str, int, list[str]]]

    @classmethod
    def of(cls, summary: Summary) -> Self | None:
        """None if no push was delivered."""
        said, rows = list(_said(summary)), list(_rows(summary))
        return cls(said, rows) if rows else None


def _said(summary: Summary) -> Iterator[str]:
    staleness, took = summary.staleness, summary.time_to_effect
    if staleness is not None:
        yield pushes(staleness.delivered, staleness.stale, staleness.age_ms.max)
    if took is not None:
        yield effect(took.rotations, took.seen, None if took.ms is None else took.ms.p50)


def _rows(summary: Summary) -> Iterator[tuple[str, int, list[str]]]:
    staleness, took = summary.staleness, summary.time_to_effect
    if staleness is not None:
        yield "age of every token pushed to", staleness.delivered, _durations(staleness.age_ms)
        if staleness.stale_age_ms is not None:
            yield "age of the stale ones", staleness.stale, _durations(staleness.stale_age_ms)
        if staleness.writes_skipped is not None:
            skipped = [count(value) for value in _values(staleness.writes_skipped)]
            yield "acknowledged writes they skip", staleness.stale, skipped
    if took is not None and took.ms is not None:
        yield "from a new token's acknowledgement to its first push", took.seen, _durations(took.ms)


def _durations(spread: Spread) -> list[str]:
    return [duration(value) for value in _values(spread)]


def _values(spread: Spread) -> tuple[float, ...]:
    return spread.p50, spread.p90, spread.p99, spread.p999, spread.max
