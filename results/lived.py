"""A run by scenarios: what people did, each with figures of its own, and when it was over."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from results.backlog import Backlog, Waiting
from results.gates.gate import Evidence
from results.latency import Latency, latencies
from results.operations import Counts, places

_S: Final = 1_000_000_000  # ns


@dataclass(frozen=True, slots=True)
class Lived:
    """What became of one scenario's operations. An operation of a push goes with the scenario that it followed."""

    operations: Counts
    latency_ms: dict[str, Latency]  # by kind of call
    not_sent: int  # arrivals
    began_s: float  # when the first was due, in seconds since the load began
    over_s: float  # when the last was answered
    backlog: Backlog


def lived(evidence: Evidence) -> dict[str, Lived]:
    """Scenarios by name, of those that anybody lived or was due to live."""
    names = evidence.run.names.scenarios
    numbers = np.bincount(evidence.unsent["scenario"], minlength=256)
    mine = places(evidence.operations.scenario)
    return {
        names[number] if number < len(names) else f"scenario-{number}": _lived(evidence, mine[number], int(unsent))
        for number, unsent in enumerate(numbers.tolist())
        if unsent or len(mine[number])
    }


def _lived(evidence: Evidence, mine: "np.ndarray[tuple[int], np.dtype[np.intp]]", unsent: int) -> Lived:
    operations, began = evidence.operations.take(mine), evidence.window[0]
    waiting = Waiting.of(operations)
    first, last = (int(waiting.moments[0]), int(operations.done.max())) if len(operations) else (began, began)
    return Lived(
        operations=Counts.of(operations.outcome, operations.due),
        latency_ms=latencies(operations),
        not_sent=unsent,
        began_s=(first - began) / _S,
        over_s=(last - began) / _S,
        backlog=waiting.most(began, first, last + 1),
    )
