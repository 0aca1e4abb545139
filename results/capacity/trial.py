"""A trial: a short run at one rate, and what it came to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from results.capacity.limit import Limit, limit_of
from results.summary import CORRECTNESS
from results.verdict import Verdict

_SEEDS: Final = 2**32

# Nobody should be asked to act again while what they did before is still under way, so a rate needs people enough.
# But each of them is logged in before the load, a few thousand a second, and that takes time from the search.
_DEVICES_PER_RATE: Final = 4
_FEWEST_DEVICES: Final = 2_000
_MOST_DEVICES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a trial will do."""

    number: int  # from 1
    rate: int  # arrivals a second
    devices: int
    seed: int  # of its own, so that its registers are fresh

    @property
    def run_id(self) -> str:
        """The name of its run: trial-03-400."""
        return f"trial-{self.number:02}-{self.rate}"


def plan(number: int, rate: int, base_seed: int) -> Plan:
    """Plan trial `number` (from 1) of a search whose seed is `base_seed`."""
    devices = min(max(_DEVICES_PER_RATE * rate, _FEWEST_DEVICES), _MOST_DEVICES)
    return Plan(number, rate, devices, (base_seed + number) % _SEEDS)


@dataclass(frozen=True, slots=True)
class Spread:
    """Response times in milliseconds, exact quantiles."""

    p50: float
    p90: float
    p99: float
    max: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What a gate came to in a trial; `measured` in `unit`."""

    gate: str
    measured: float | None
    unit: str
    verdict: Verdict

    @classmethod
    def of(cls, gate: Mapping[str, Any]) -> Self:
        """Take it from a summary's gate."""
        return cls(gate["gate"], gate["measured"], gate.get("unit", ""), Verdict(gate["verdict"]))


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial came to. Rates are operations a second: an arrival does one or a few of them."""

    number: int
    rate: int  # arrivals a second, as asked
    verdict: Verdict
    met: bool  # the gates were met, and the rate was really offered
    limit: Limit | None  # what kept it from being met
    why: str  # one sentence; empty if met
    offered: float | None  # operations due for each second of the load
    per_second: float | None  # that ended well
    label: str  # whose latencies these are: "subscribe"
    response_ms: Spread | None  # None if nothing was answered
    service_p99_ms: float | None
    errors_percent: float | None  # what was due to be refused, or lost by a network, is none
    generator: Verdict
    cpu_percent: float | None  # of one core, the busiest worker
    not_sent: int  # arrivals
    seconds: float  # wall time, with its preparation and its judging
    devices: int
    seed: int
    folder: str  # of its run, relative to the search's folder
    gates: tuple[Measured, ...]

    @property
    def certain(self) -> bool:
        """Whether it failed in a way that another try cannot undo."""
        return self.limit is Limit.TARGET and any(
            gate.gate == CORRECTNESS and gate.verdict is Verdict.VIOLATED for gate in self.gates
        )


def trial_of(
    summary: Mapping[str, Any], done: Plan, *, label: str, in_flight: int, seconds: float, folder: str
) -> Trial:
    """What the run of plan `done` came to, by its summary (schema 1); KeyError if that is no summary."""
    throughput, tally, generator = summary["throughput"], summary["operations"], summary["generator"]
    limit, why = limit_of(summary, rate=done.rate, in_flight=in_flight)
    latency = summary["latency_ms"].get(label)
    load = summary["run"]["seconds"]
    return Trial(
        number=done.number,
        rate=done.rate,
        verdict=Verdict(summary["verdict"]),
        met=limit is None,
        limit=limit,
        why=why,
        offered=throughput["offered"] / load if load else None,
        per_second=throughput["per_second"],
        label=label,
        response_ms=Spread(*(latency["response"][name] for name in Spread.__slots__)) if latency else None,
        service_p99_ms=latency["service"]["p99"] if latency else None,
        errors_percent=_errors_percent(tally),
        generator=Verdict(generator["verdict"]),
        cpu_percent=generator["cpu_percent"],
        not_sent=throughput["not_sent"],
        seconds=seconds,
        devices=done.devices,
        seed=done.seed,
        folder=folder,
        gates=tuple(Measured.of(gate) for gate in summary["gates"]),
    )


def _errors_percent(tally: Mapping[str, Any]) -> float | None:
    errors = tally["fail"] + tally["info"] - tally.get("due", 0)  # older runs do not tell what was due
    return 100 * errors / tally["total"] if tally["total"] else None
