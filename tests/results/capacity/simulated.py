"""Summaries of runs that never were, and searches against targets whose capacity is known."""

from collections.abc import Callable
from random import Random
from typing import Any

from results.capacity import Capacity, Ended, Limit, Search, Trial, plan, trial_of

GATE = "p99(subscribe) < 50ms"
IN_FLIGHT = 1000

Target = Callable[[int], Limit | None]


def searched(target: Target, start: int = 50, most: int = 20_000, precision: float = 0.1) -> tuple[Search, list[int]]:
    """A whole search against `target`, and the rates it tried."""
    search, tried = Search(start, most, precision), []
    while (rate := search.next_rate()) is not None:
        tried.append(rate)
        assert len(tried) < 100, "the search does not end"
        search.record(rate, target(rate))
    return search, tried


def up_to(capacity: int, limit: Limit = Limit.TARGET) -> Target:
    """Whatever is offered up to `capacity` is met."""
    return lambda rate: None if rate <= capacity else limit


def noisy(capacity: int, width: float, seed: int) -> Target:
    """Within `width` of the capacity, chance decides."""
    rng = Random(seed)
    return lambda rate: None if rate <= capacity * (1 + width * rng.uniform(-1, 1)) else Limit.TARGET


def summary(rate: int = 400, **changes: object) -> dict[str, Any]:
    """The summary of a run at `rate` that met its gates; `changes` are by dotted path, with __ for the dot."""
    spread = {"p50": 2.0, "p90": 4.0, "p99": 9.0, "p999": 12.0, "max": 15.0}
    made: dict[str, Any] = {
        "schema": 1,
        "verdict": "pass",
        "reasons": [],
        "run": {"id": "trial", "seconds": 5.0, "target": "http://127.0.0.1:1"},
        "correctness": {"verdict": "pass"},
        "operations": {"total": 6 * rate, "ok": 6 * rate, "fail": 0, "info": 0},
        "latency_ms": {
            "subscribe": {"count": 6 * rate, "service": {**spread}, "response": {**spread}, "send_lag": {**spread}},
        },
        "throughput": {
            "per_second": 1.2 * rate,
            "sent_per_second": 1.2 * rate,
            "offered": 6 * rate,
            "not_sent": 0,
            "arrivals": 5 * rate,
        },
        "gates": [
            {"gate": "correctness", "measured": 0.0, "verdict": "pass", "unit": "anomalies"},
            {"gate": GATE, "measured": 9.0, "verdict": "pass", "unit": "ms", "delayed": False},
        ],
        "generator": {"verdict": "pass", "cpu_percent": 30.0, "workers": 1, "why": []},
    }
    for path, value in changes.items():
        *above, last = path.split("__")
        place = made
        for name in above:
            place = place[name]
        place[last] = value
    return made


def slow(rate: int = 800) -> dict[str, Any]:
    """A run whose latency gate was violated by the target."""
    made = summary(rate, verdict="violated", reasons=[f"{GATE} is violated. Measured 61 ms."])
    made["gates"][1].update(measured=61.0, verdict="violated")
    made["latency_ms"]["subscribe"]["response"]["p99"] = 61.0
    return made


def trial(number: int, said: dict[str, Any], rate: int, seconds: float = 9.0) -> Trial:
    """A trial out of a summary."""
    todo = plan(number, rate, 7)
    return trial_of(said, todo, label="subscribe", in_flight=IN_FLIGHT, seconds=seconds, folder=f"trials/{todo.run_id}")


def outcome(
    *summaries: tuple[int, dict[str, Any]], most: int = 20_000, ended: Ended = Ended.FOUND, **changes: object
) -> Capacity:
    """What a search that made these trials came to."""
    trials = [trial(number, said, rate) for number, (rate, said) in enumerate(summaries, start=1)]
    search = Search(50, most, 0.1)
    for each in trials:
        search.record(each.rate, each.limit, certain=each.certain)
    search.settle()
    said: dict[str, Any] = {
        "started": "2026-11-24T10:00:00+00:00",
        "seconds": 93.0,
        "target": "the embedded backend",
        "gates": [GATE],
        "seed": 7,
        "options": {"start": "50", "max": str(most)},
        **changes,
    }
    return Capacity(search=search, ended=ended, trials=trials, **said)
