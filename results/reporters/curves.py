"""The charts of a run's report, each with what it shows in words."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from results.gates.gate import Evidence
from results.latency import MS, counted
from results.operations import LATE
from results.reporters.charts import Axis, Chart, Linear, Quantiles, Series, suited
from results.reporters.numbers import NONE, count, duration, figure, ms
from results.timeline import Timeline

_POINTS: Final = 160  # of the curve by quantile: about one for two pixels on a phone
_LEAST_NINES: Final = 2.0
_MOST_NINES: Final = 7.0
_MOST_BANDS: Final = 300
_DRAWN_FROM: Final = 0.1  # the axis makes room for values from this quantile on; the fastest few would take half of it

# From so many seconds on, the time axis counts in the longer unit.
_TIME_UNITS: Final = ((36_000, 3600, "hours"), (600, 60, "minutes"), (0, 1, "seconds"))


def charts(evidence: Evidence) -> dict[str, Chart]:
    """Charts by name: latency, quantiles, rate; backlog, if the load had a shape. None if there is nothing to draw."""
    timeline = Timeline.of(evidence)
    timed = counted(evidence.operations)
    found = {}
    if timeline is not None and timed.any():
        found["latency"] = _over_time(timeline, evidence)
        found["quantiles"] = _by_quantile(evidence, timed)
    if timeline is not None:
        found["rate"] = _rate(timeline, evidence)
    if timeline is not None and evidence.run.stages:
        found["backlog"] = _backlog(timeline, evidence)
    return found


def _over_time(timeline: Timeline, evidence: Evidence) -> Chart:
    lines = {"p50": timeline.p50, "p99": timeline.p99, "max": timeline.max}
    known = np.flatnonzero(~np.isnan(timeline.p99))
    best, worst = known[np.argmin(timeline.p99[known])], known[np.argmax(timeline.p99[known])]
    caption = (
        f"In slices of {duration(timeline.width * 1000)}, by the moment an operation was due. "
        f"The p99 lay between {duration(timeline.p99[best])} (at {_seconds(timeline, best)}) "
        f"and {duration(timeline.p99[worst])} (at {_seconds(timeline, worst)})."
    )
    return Chart(
        id="latency-over-time",
        title="Response time over time",
        caption=caption,
        x=_time_axis(evidence),
        y=Axis("ms", suited(np.concatenate(list(lines.values())).tolist())),
        at=_places(timeline, evidence),
        said=_moments(timeline),
        series=[Series(name, values.tolist(), [_ms(value) for value in values]) for name, values in lines.items()],
        bands=_stalls(evidence),
        band_name="generator stood still",
        marks=_marks(evidence),
    )


def _by_quantile(evidence: Evidence, timed: NDArray[np.bool]) -> Chart:
    operations = evidence.operations
    intended, sent, done = operations.intended[timed], operations.sent[timed], operations.done[timed]
    measures = {
        "response": np.sort(done - intended),
        "service": np.sort(done - sent),
        "send lag": np.sort(sent - intended),
    }
    total = len(done)
    nines = min(_MOST_NINES, max(_LEAST_NINES, math.log10(total)))
    quantiles = 1 - 10.0 ** -np.linspace(0, nines, _POINTS)
    places = np.clip(np.ceil(quantiles * total - 1e-6).astype(np.int64) - 1, 0, total - 1)
    places[-1] = total - 1  # the curve ends in the maximum
    curves = {name: ordered[places] / MS for name, ordered in measures.items()}
    half, most = (measures["response"][place] / MS for place in (-(-total // 2) - 1, total - 1))
    caption = (
        f"Of {count(total)} operations, half were answered within {duration(half)} of the moment they were due; "
        f"the slowest took {duration(most)}. Where response and service part, the generator was late."
    )
    return Chart(
        id="latency-by-quantile",
        title="Latency by quantile",
        caption=caption,
        x=Axis("share of operations that were as fast or faster", Quantiles(nines)),
        y=Axis("ms", suited(np.concatenate([curve[quantiles >= _DRAWN_FROM] for curve in curves.values()]).tolist())),
        at=quantiles.tolist(),
        said=[*(_percent(q) for q in quantiles[:-1]), "slowest"],
        series=[Series(name, values.tolist(), [_ms(value) for value in values]) for name, values in curves.items()],
    )


def _rate(timeline: Timeline, evidence: Evidence) -> Chart:
    lines = {"offered": timeline.offered, "achieved": timeline.achieved, "errors": timeline.errors}
    offered, achieved = (float(np.mean(lines[name])) for name in ("offered", "achieved"))
    caption = (
        f"On average {figure(offered)} operations a second were due and {figure(achieved)} ended well. "
        f"Where achieved lies under offered, work queued up, failed or could not be sent."
    )
    return Chart(
        id="rate",
        title="Rate offered and achieved",
        caption=caption,
        x=_time_axis(evidence),
        y=Axis("operations a second", Linear.over(np.concatenate(list(lines.values())).tolist())),
        at=_places(timeline, evidence),
        said=_moments(timeline),
        series=[
            Series(name, values.tolist(), [f"{figure(value)}/s" for value in values]) for name, values in lines.items()
        ],
        bands=_stalls(evidence),
        band_name="generator stood still",
        marks=_marks(evidence),
    )


def _backlog(timeline: Timeline, evidence: Evidence) -> Chart:
    most = int(np.argmax(timeline.waiting))
    caption = (
        f"Operations that were due and had no answer yet, at the end of each slice: at most "
        f"{count(timeline.waiting[most])} (at {_seconds(timeline, most)}). It grows while more come than are served."
    )
    said = [count(value) for value in timeline.waiting.tolist()]
    return Chart(
        id="backlog",
        title="Backlog",
        caption=caption,
        x=_time_axis(evidence),
        y=Axis("operations", Linear.over(timeline.waiting.tolist())),
        at=_places(timeline, evidence),
        said=_moments(timeline),
        series=[Series("waiting for an answer", timeline.waiting.tolist(), said)],
        marks=_marks(evidence),
    )


def _marks(evidence: Evidence) -> list[tuple[float, str]]:
    """Where the stages of the load's shape begin, in the unit of the time axis."""
    size = 1e9 * _time_unit(evidence)[1]
    return [(max(0.0, (stage.began - evidence.window[0]) / size), stage.name) for stage in evidence.run.stages]


def _time_axis(evidence: Evidence) -> Axis:
    _, size, unit = _time_unit(evidence)
    return Axis(f"{unit} since the load began", Linear(0.0, evidence.seconds / size))


def _time_unit(evidence: Evidence) -> tuple[int, int, str]:
    return next(unit for unit in _TIME_UNITS if evidence.seconds >= unit[0])


def _stalls(evidence: Evidence) -> Sequence[tuple[float, float]]:
    """Those that can be seen: at least LATE, and what is closer together than a line is wide drawn as one."""
    stalls = evidence.stalls.merged
    stalls = stalls[stalls[:, 1] - stalls[:, 0] >= LATE]
    if not len(stalls):
        return []
    apart = stalls[1:, 0] - stalls[:-1, 1] > evidence.seconds * 1e9 / _MOST_BANDS
    begins = stalls[np.concatenate(([True], apart)), 0]
    ends = stalls[np.concatenate((apart, [True])), 1]
    size = 1e9 * _time_unit(evidence)[1]
    return [
        ((begin - evidence.window[0]) / size, (end - evidence.window[0]) / size)
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
    ]


def _places(timeline: Timeline, evidence: Evidence) -> list[float]:
    """The slices' middles in the unit of the time axis."""
    places: list[float] = (timeline.moments / _time_unit(evidence)[1]).tolist()
    return places


def _moments(timeline: Timeline) -> list[str]:
    return [_moment(moment, 1 if timeline.width <= 1 else 0) for moment in timeline.moments.tolist()]


def _moment(seconds: float, decimals: int) -> str:
    """Seconds, and from ten minutes on h:mm:ss."""
    if seconds < _TIME_UNITS[1][0]:
        return f"{seconds:.{decimals}f} s"
    return f"{int(seconds) // 3600}:{int(seconds) // 60 % 60:02}:{int(seconds) % 60:02}"


def _seconds(timeline: Timeline, place: np.intp | int) -> str:
    return _moments(timeline)[int(place)]


def _ms(value: float) -> str:
    return NONE if math.isnan(value) else f"{ms(value)} ms"


def _percent(q: float) -> str:
    nines = 0 if q < 0.9 else math.floor(-math.log10(1 - q))
    return f"{100 * q:.{max(0, nines)}f} %"
