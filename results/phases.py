"""A run by phases: the stages of its shape, each with figures of its own.

An operation belongs to the phase in which it was due, whenever it was answered: so the phases add up to the whole, and
a storm's slow answers count against the storm. What a phase achieved for each second of it goes by when answers came.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from results.backlog import Backlog, Waiting
from results.gates.gate import Evidence
from results.journal.record import Outcome
from results.latency import Latency, latencies
from results.operations import Counts, places

_S: Final = 1_000_000_000  # ns
_NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Pace:
    """Operations for the time of a phase, as `Throughput` has them for the whole."""

    per_second: float | None  # that ended well in it; None if it took no time
    sent_per_second: float | None  # in it
    offered: int  # that were due in it, sent or not
    not_sent: int
    late: int
    asked: float | None  # arrivals that the shape asked for in it; None: closed model, or not known


@dataclass(frozen=True, slots=True)
class Phase:
    """What became of one stage of a run's shape."""

    name: str
    began_s: float  # seconds since the load began
    seconds: float
    operations: Counts
    latency_ms: dict[str, Latency]  # by kind of call
    throughput: Pace
    backlog: Backlog


def phases(evidence: Evidence) -> list[Phase]:
    """The phases in their order; none for a run without a shape."""
    stages = evidence.run.stages
    if not stages:
        return []
    return list(_phases(evidence, _Edges.of(evidence)))


@dataclass(frozen=True, slots=True)
class _Edges:
    """Where phases begin and end, monotonic ns; all of the load is in one of them."""

    begins: NDArray[np.int64]
    ends: list[int]
    ended: int

    @classmethod
    def of(cls, evidence: Evidence) -> "_Edges":
        began, ended = evidence.window
        begins = np.clip([stage.began for stage in evidence.run.stages], began, ended)
        begins[0] = began
        return cls(begins, [*begins[1:].tolist(), ended], ended)

    def phase(self, moments: NDArray[np.int64]) -> NDArray[np.uint8]:
        """In which phase each moment is; what is before the first, or after the last, belongs to that."""
        found = np.searchsorted(self.begins, moments, side="right") - 1
        return np.clip(found, 0, len(self.begins) - 1).astype(np.uint8)

    def within(self, moments: NDArray[np.int64]) -> list[int]:
        """How many of the moments lie in each phase, of those within the load."""
        mine = moments[(moments >= self.begins[0]) & (moments <= self.ended)]
        counted: list[int] = np.bincount(self.phase(mine), minlength=len(self.begins)).tolist()
        return counted


def _phases(evidence: Evidence, edges: _Edges) -> Iterator[Phase]:
    operations, began = evidence.operations, evidence.window[0]
    waiting = Waiting.of(operations)
    well = edges.within(operations.done[operations.outcome == Outcome.OK])
    sent = edges.within(operations.sent)
    unsent = np.bincount(edges.phase(evidence.unsent["intended"]), minlength=len(edges.begins)).tolist()
    due = places(edges.phase(operations.intended))
    for number, stage in enumerate(evidence.run.stages):
        first, last = int(edges.begins[number]), edges.ends[number]
        mine, seconds = operations.take(due[number]), (last - first) / _S
        yield Phase(
            name=stage.name,
            began_s=(first - began) / _S,
            seconds=seconds,
            operations=Counts.of(mine.outcome, mine.due),
            latency_ms=latencies(mine),
            throughput=Pace(
                per_second=well[number] / seconds if seconds else None,
                sent_per_second=sent[number] / seconds if seconds else None,
                offered=len(mine) + unsent[number],
                not_sent=unsent[number],
                late=mine.late,
                asked=stage.asked if stage.asked >= 0 else None,
            ),
            backlog=waiting.most(began, first, last if number + 1 < len(edges.begins) else _NEVER),
        )
