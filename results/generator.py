"""Whether the generator kept up: if not, its latency figures say little about the backend."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Self

import numpy as np

from results.gates.errors import NO_SOCKET
from results.gates.gate import Evidence, Finding
from results.gates.remedy import remedy, remedy_of_unsent
from results.latency import MS, quantile
from results.operations import LATE
from results.verdict import Verdict

_TAIL: Final = Fraction(99, 100)


@dataclass(frozen=True, slots=True)
class Generator:
    """The generator's health: unknown if cut off, if it lost workers, sent late or not at all, or decided a gate."""

    verdict: Verdict
    max_stall_ms: float
    cpu_percent: float | None  # of one core, the busiest worker; None if the generator was killed
    workers: int | None
    workers_lost: int | None
    stalls: int  # intervals of 2 ms or more in which at least one worker stood still
    stalled_ms: float  # their length in all
    collected_ms: float = 0.0  # how much of it went into collecting garbage
    longest_collection_ms: float = 0.0
    taken_ms: float = 0.0  # for which others had a worker's CPU, on average, as far as the kernel tells
    why: list[str] = field(default_factory=list)  # one sentence each; none for a pass

    @classmethod
    def of(cls, evidence: Evidence, gates: Sequence[Finding]) -> Self:
        """Judge the generator by the journal and by what it did to `gates`."""
        why = [*shortfalls(evidence), *_decisions(gates, evidence), *_lateness(evidence)]
        stalls, load = evidence.stalls, evidence.run.load
        return cls(
            verdict=Verdict.UNKNOWN if why else Verdict.PASS,
            max_stall_ms=stalls.longest / MS,
            cpu_percent=load.cpu_percent if load else None,
            workers=load.workers if load else None,
            workers_lost=load.workers_lost if load else None,
            stalls=len(stalls.merged),
            stalled_ms=stalls.total / MS,
            collected_ms=stalls.collected / MS,
            longest_collection_ms=stalls.longest_collection / MS,
            taken_ms=stalls.taken / MS / (load.workers if load else 1),
            why=why,
        )


def shortfalls(evidence: Evidence) -> Iterator[str]:
    """What the generator failed to do, one sentence each."""
    if evidence.missing:
        yield f"Figures are missing: {evidence.missing}."
    if unsent := evidence.tally.faults.get(NO_SOCKET, 0):
        yield (
            f"The generator had no socket or port left for {unsent:,} of its calls: "
            "let it open more files (ulimit -n), or use more processes."
        )
    if unsent := evidence.not_sent:
        amount = f"{unsent:,} of {evidence.tally.total + unsent:,}"
        yield f"The generator could not send {amount} operations offered: {remedy_of_unsent(evidence)}."


def _decisions(gates: Sequence[Finding], evidence: Evidence) -> Iterator[str]:
    if decided := [gate.gate for gate in gates if gate.delayed]:
        yield f"The generator's own delay decides {', '.join(decided)}: {remedy(evidence)}."


def _lateness(evidence: Evidence) -> Iterator[str]:
    """Sending so late that people waited longer for the generator than for the backend."""
    operations = evidence.operations
    if not len(operations.sent):
        return
    lag = quantile(np.sort(operations.sent - operations.intended), _TAIL)
    service = quantile(np.sort(operations.done - operations.sent), _TAIL)
    if lag > max(service, LATE):
        late, took = f"{lag / MS:.3g} ms", f"{service / MS:.3g} ms"
        yield f"The generator sent late: p99 of the send lag is {late}, of answers {took}: {remedy(evidence)}."
