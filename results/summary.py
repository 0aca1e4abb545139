"""What a run comes to: `summary.json`, schema 1. Fields may be added, never renamed; see schema/summary.schema.json."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from math import sqrt
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from results.classes import AnomalyClass, classes
from results.effect import TimeToEffect
from results.gates import Evidence, Finding, Gate, judge, with_defaults
from results.gates.throughput import per_second, sent, succeeded
from results.generator import Generator, shortfalls
from results.judgement import Example, Judgement, Sighting
from results.latency import Latency, latencies
from results.lived import Lived, lived
from results.masking import without_secrets
from results.networks import NetworkUse
from results.operations import Tally
from results.phases import Phase, phases
from results.run import Run
from results.sdks import SdkUse
from results.staleness import Staleness
from results.verdict import Verdict, worst
from results.wording import fewer, headline, unreached, unverified

SCHEMA: Final = 1
CORRECTNESS: Final = "correctness"  # the gate that every run has


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Which run it was."""

    id: str
    started: str
    seconds: float  # of its load
    target: str
    devices: int
    seed: int
    versions: dict[str, str]
    sdk: str = "none"  # that the devices' apps called by, or a mixture


@dataclass(frozen=True, slots=True)
class Correctness:
    """What the checker said."""

    verdict: Verdict
    registers: dict[str, int]  # total, judged, unknown
    anomalies: dict[str, int]
    examples: list[Example]
    coverage: dict[str, int]
    not_exercised: list[str]
    seen: dict[str, Sighting]  # anomaly → when it was shown, of those that were found
    classes: dict[str, AnomalyClass]  # every anomaly, the most severe first

    @classmethod
    def of(cls, judgement: Judgement) -> Self:
        """Put `judgement` into the summary's words."""
        registers = {"total": judgement.total, "judged": judgement.judged, "unknown": judgement.unknown}
        return cls(
            verdict=judgement.verdict,
            registers=registers,
            anomalies=judgement.anomalies,
            examples=judgement.examples,
            coverage=judgement.coverage,
            not_exercised=judgement.not_exercised,
            seen=judgement.seen,
            classes=classes(judgement),
        )

    @property
    def found(self) -> dict[str, int]:
        """The anomalies that were found, the most severe first, and of those the most frequent."""
        found = [(name, one) for name, one in self.classes.items() if one.found]
        return {name: one.found for name, one in sorted(found, key=lambda item: (item[1].severity, -item[1].found))}


@dataclass(frozen=True, slots=True)
class Throughput:
    """Operations for the time of the load. offered = ok + fail + info + not_sent, always.

    An arrival is one person's turn at a scenario, and makes as many operations as the scenario has calls, each of which
    is counted when it ends, or is interrupted. What an arrival that was not sent would have called is not known: it
    counts as one operation offered, and as one not sent. Of a worker that was killed, its journal counts.
    """

    per_second: float | None  # that ended well; None if the load took no time
    sent_per_second: float | None
    offered: int
    not_sent: int  # arrivals; each counts as one operation, whatever its scenario would have called
    arrivals: int | None  # that were due, as the generator counted them; None if it, or a worker, was killed
    late: int  # operations sent more than 10 ms after they were due

    @classmethod
    def of(cls, evidence: Evidence) -> Self:
        """Take the rates from a run's journal."""
        rates = (per_second(evidence, count) for count in (succeeded(evidence), sent(evidence)))
        done, asked = (None if rate is None else float(rate) for rate in rates)
        load = evidence.run.load
        offered = evidence.tally.total + evidence.not_sent
        arrivals = None if load is None or load.workers_lost else load.offered
        return cls(done, asked, offered, evidence.not_sent, arrivals, evidence.operations.late)


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that a run's reports say, but for the curves."""

    verdict: Verdict
    headline: str  # the verdict in one or two sentences
    reasons: list[str]
    warnings: list[str]  # what whoever relies on this should know, whatever the verdict
    run: RunFacts
    correctness: Correctness
    operations: Tally
    latency_ms: dict[str, Latency]
    throughput: Throughput
    gates: list[Finding]
    generator: Generator
    staleness: Staleness | None = None  # None: no push was delivered
    time_to_effect: TimeToEffect | None = None  # None: no token replaced another one where pushes went
    phases: list[Phase] = field(default_factory=list)  # of a run with a shape
    scenarios: dict[str, Lived] = field(default_factory=dict)
    networks: dict[str, NetworkUse] = field(default_factory=dict)  # simulated, most used first
    sdks: dict[str, SdkUse] = field(default_factory=dict)  # that apps called by, most calls first
    schema: int = field(default=SCHEMA)

    def as_dict(self) -> dict[str, Any]:
        """The summary in plain values, in the schema's order."""
        plain = asdict(self)
        return {"schema": plain.pop("schema"), **plain}


def summarise(run: Run, records: NDArray[np.void], judgement: Judgement, gates: Sequence[Gate]) -> Summary:
    """Sum up a run: `records` are its whole journal (dtype RECORD, shape (n,), any order).

    `errors < 0.1%` joins `gates` unless they have a gate on errors; correctness always does.
    """
    evidence = Evidence(run, records)
    correctness = Correctness.of(judgement)
    decided = judge(with_defaults(gates), evidence)
    generator = Generator.of(evidence, decided)
    verdict = worst([judgement.verdict, *(gate.verdict for gate in decided)])
    return Summary(
        verdict=verdict,
        headline=headline(verdict, judgement, decided),
        reasons=list(_reasons(judgement, decided, evidence)),
        warnings=list(_warnings(run)),
        run=_facts(evidence),
        correctness=correctness,
        operations=evidence.tally,
        latency_ms=latencies(evidence.operations, run.names.types),
        throughput=Throughput.of(evidence),
        gates=[_correctness_gate(judgement), *decided],
        generator=generator,
        staleness=Staleness.of(evidence.pushed),
        time_to_effect=TimeToEffect.of(evidence.pushed),
        phases=phases(evidence),
        scenarios=lived(evidence),
        networks=NetworkUse.of(run),
        sdks=SdkUse.of(run),
    )


def _facts(evidence: Evidence) -> RunFacts:
    run = evidence.run
    target = without_secrets(run.target)
    return RunFacts(run.id, run.started, evidence.seconds, target, run.devices, run.seed, run.versions, run.sdk)


def _warnings(run: Run) -> Iterator[str]:
    if run.options.get("insecure"):
        yield unverified(run.target)
    load, asked = run.load, _asked(run)
    if load is not None and load.reached < load.awaited:
        yield unreached(load.awaited - load.reached, load.awaited)
    if load is None or load.workers_lost or asked is None:
        return
    # Of a Poisson process, one in millions falls short of five deviations; the tenth is for users to begin.
    if load.offered < 0.9 * asked - 5 * sqrt(asked):
        yield fewer(load.offered, round(asked))


def _asked(run: Run) -> float | None:
    """How many people were to arrive while the load lasted; None where nobody said."""
    rate = run.options.get("rate")
    if run.model != "open" or run.load is None:
        return None
    if run.stages:
        return sum(stage.asked for stage in run.stages) if all(stage.asked >= 0 for stage in run.stages) else None
    return rate * min(run.planned, run.load.given) if isinstance(rate, int | float) else None


def _correctness_gate(judgement: Judgement) -> Finding:
    """Correctness as a gate: it is measured in anomalies, of which there must be none."""
    measured = None if judgement.verdict is Verdict.UNKNOWN else float(sum(judgement.anomalies.values()))
    why = " ".join(_correctness_reasons(judgement))
    return Finding(CORRECTNESS, measured, judgement.verdict, why, unit="anomalies", limit=0.0)


def _correctness_reasons(judgement: Judgement) -> list[str]:
    if judgement.verdict is Verdict.PASS:
        return []
    return judgement.reasons or [f"Correctness is {judgement.verdict}, and the checker did not say why."]


def _reasons(judgement: Judgement, gates: Sequence[Finding], evidence: Evidence) -> Iterator[str]:
    """Everything that is not pass, most important first: violated before unknown, correctness before gates."""
    for verdict in (Verdict.VIOLATED, Verdict.UNKNOWN):
        if judgement.verdict is verdict:
            yield from _correctness_reasons(judgement)
        by_cause: dict[str, list[str]] = {}
        for gate in gates:
            if gate.verdict is verdict:
                by_cause.setdefault(gate.why, []).append(gate.gate)
        for why, named in by_cause.items():
            yield f"{', '.join(named)} {'is' if len(named) == 1 else 'are'} {verdict}. {why}"
    yield from shortfalls(evidence)
