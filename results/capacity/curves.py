"""The charts of a capacity report: what happened to response time and throughput as the rate rose."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from results.capacity.outcome import Capacity
from results.capacity.trial import Trial
from results.gates import Gate, parse_gates
from results.gates.gate import DURATIONS
from results.gates.latency import METRIC
from results.reporters.charts import Axis, Chart, Linear, Log, Scale, Series, suited
from results.reporters.numbers import NONE, count, duration, figure, ms

_NS_PER_MS: Final = 1_000_000
_LOOKS: Final = 4  # series that a chart can tell apart
_DRAWN: Final = ("p50", "p99")


def charts(capacity: Capacity) -> dict[str, Chart]:
    """Charts by name: response, throughput. None at all if there is nothing to draw."""
    trials = _points(capacity.trials)
    found = {}
    if any(trial.response_ms for trial in trials):
        found["response"] = _response(capacity, trials)
    if any(trial.per_second is not None for trial in trials):
        found["throughput"] = _throughput(capacity, trials)
    return found


def latency_gates(gates: Sequence[str]) -> list[Gate]:
    """Those of the gates that limit a response time."""
    return [gate for gate in parse_gates(gates) if METRIC.fits(gate.metric)]


def _points(trials: Sequence[Trial]) -> list[Trial]:
    """One trial a rate, ascending; of a rate that was tried twice the second, which decided."""
    return [trial for _, trial in sorted({trial.rate: trial for trial in trials}.items())]


def _response(capacity: Capacity, trials: Sequence[Trial]) -> Chart:
    series = list(_response_series(capacity, trials))
    return Chart(
        id="response-by-rate",
        title=f"Response time of {trials[0].label} against rate",
        caption=_response_caption(capacity, trials),
        x=_axis(trials),
        y=Axis("ms", suited([value for each in series for value in each.values])),
        at=[float(trial.rate) for trial in trials],
        said=_said(trials),
        series=series,
        bands=_not_met(capacity, trials),
        band_name="gates not met",
    )


def _response_series(capacity: Capacity, trials: Sequence[Trial]) -> Iterator[Series]:
    """p50 and p99, the limits of the first gates on latency, and what a gate measured if it is neither."""
    gates = latency_gates(capacity.gates)[: _LOOKS - len(_DRAWN)]
    yield _line("p50", trials, lambda trial: trial.response_ms.p50 if trial.response_ms else None, _ms)
    yield _line("p99", trials, lambda trial: trial.response_ms.p99 if trial.response_ms else None, _ms)
    for gate in gates:
        limit = float(gate.limit) * DURATIONS[gate.unit] / _NS_PER_MS
        yield _line(f"limit: {gate}", trials, lambda _, limit=limit: limit, _ms)  # type: ignore[misc]
    if len(gates) == 1 and (gates[0].metric not in _DRAWN):
        yield _line(f"{gates[0].metric}({gates[0].label})", trials, lambda trial: _measured(trial, gates[0]), _ms)


def _measured(trial: Trial, gate: Gate) -> float | None:
    found = next((each.measured for each in trial.gates if each.gate == str(gate)), None)
    return None if found is None else found * DURATIONS[gate.unit] / _NS_PER_MS


def _response_caption(capacity: Capacity, trials: Sequence[Trial]) -> str:
    timed = [trial for trial in trials if trial.response_ms is not None]
    low, high = timed[0], timed[-1]
    said = f"Counted from the moment an operation was due. The p99 was {_p99(low)} at {low.rate:,}/s"
    if high is not low:
        said += f" and {_p99(high)} at {high.rate:,}/s"
    if capacity.best is not None and capacity.best.rate not in {low.rate, high.rate}:
        said += f"; at {capacity.best.rate:,}/s, the highest rate that met the gates, it was {_p99(capacity.best)}"
    return f"{said}."


def _throughput(capacity: Capacity, trials: Sequence[Trial]) -> Chart:
    series = [
        _line("offered", trials, lambda trial: trial.offered, _per_second),
        _line("ended well", trials, lambda trial: trial.per_second, _per_second),
    ]
    x = _axis(trials)
    most = max(trials, key=lambda trial: trial.per_second or 0.0)
    return Chart(
        id="throughput-by-rate",
        title="Operations offered and ended well against rate",
        caption=(
            f"The most that ended well was {figure(most.per_second)} operations a second, at {most.rate:,}/s. Where it "
            f"lies under what was offered, work queued up, failed or could not be sent."
        ),
        x=x,
        y=Axis("operations a second", _alike(x, [value for each in series for value in each.values])),
        at=[float(trial.rate) for trial in trials],
        said=_said(trials),
        series=series,
        bands=_not_met(capacity, trials),
        band_name="gates not met",
    )


def _line(
    name: str, trials: Sequence[Trial], value: Callable[[Trial], float | None], say: Callable[[float], str]
) -> Series:
    values = [math.nan if (found := value(trial)) is None else found for trial in trials]
    return Series(name, values, [say(each) for each in values])


def _axis(trials: Sequence[Trial]) -> Axis:
    """From the lowest to the highest rate; logarithmic where they were doubled more than a few times."""
    rates = [float(trial.rate) for trial in trials]
    scale = suited(rates)
    return Axis("arrivals a second", Log(rates[0], rates[-1]) if isinstance(scale, Log) else scale)


def _alike(x: Axis, values: Sequence[float]) -> Scale:
    """A scale of the same kind as that of `x`, so that what keeps up with it is a straight line."""
    known = [value for value in values if not math.isnan(value)]
    return Log.over(known) if isinstance(x.scale, Log) else Linear.over(known)


def _not_met(capacity: Capacity, trials: Sequence[Trial]) -> list[tuple[float, float]]:
    lowest = capacity.search.not_met
    return [] if lowest is None else [(float(lowest), float(trials[-1].rate))]


def _said(trials: Sequence[Trial]) -> list[str]:
    return [f"{count(trial.rate)} arrivals a second" for trial in trials]


def _p99(trial: Trial) -> str:
    return duration(trial.response_ms.p99 if trial.response_ms else None)


def _ms(value: float) -> str:
    return NONE if math.isnan(value) else f"{ms(value)} ms"


def _per_second(value: float) -> str:
    return f"{figure(value)}/s"
