"""A gate: a figure of the run and the limit it has to keep."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from results.journal.record import Call
from results.operations import Operations, Tally, unsent
from results.pushed import Pushed
from results.run import Run
from results.staleness import stale_ages
from results.stalls import Stalls
from results.verdict import Verdict

DURATIONS: Final = {"ns": 1, "us": 1_000, "µs": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
LESS: Final = ("<", "<=")
MORE: Final = (">", ">=")


@dataclass(frozen=True, slots=True)
class Gate:
    """`p99(subscribe) < 250ms`, taken apart. `str` of it is an expression that parses to an equal gate."""

    metric: str  # as written: "p99", "p99.9", "max", "errors", "throughput", "stale_age_p99"
    label: str  # "subscribe", "subscribe/ios"; empty where the metric is of the whole run
    operator: str  # "<", "<=", ">" or ">="
    limit: Decimal  # in `unit`; a decimal, so that 0.1% stays 0.1%
    unit: str  # "ns", "us", "µs", "ms", "s", "%" or "/s"

    def __str__(self) -> str:
        return f"{self.metric}{f'({self.label})' if self.label else ''} {self.operator} {self.limit:f}{self.unit}"

    def met_by(self, figure: Fraction) -> bool:
        """Whether `figure`, in the gate's unit, keeps the limit."""
        limit = Fraction(self.limit)
        return {
            "<": figure < limit,
            "<=": figure <= limit,
            ">": figure > limit,
            ">=": figure >= limit,
        }[self.operator]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a gate came to. `measured` and `limit` are in `unit`; `why` is empty for a pass."""

    gate: str
    measured: float | None
    verdict: Verdict
    why: str = ""
    unit: str = ""
    limit: float | None = None
    delayed: bool = False  # unknown because the generator's own delay decides


@dataclass(frozen=True)
class Evidence:
    """What gates are judged by: the run and its journal (dtype RECORD, all calls), each figure taken at most once."""

    run: Run
    records: NDArray[np.void]

    @cached_property
    def operations(self) -> Operations:
        """Every API call."""
        return Operations.of(self.records)

    @cached_property
    def tally(self) -> Tally:
        """How they ended."""
        return Tally.of_operations(self.operations, self.run.names.faults)

    @cached_property
    def unsent(self) -> NDArray[np.void]:
        """Arrivals that could not be sent, as records."""
        return unsent(self.records)

    @property
    def not_sent(self) -> int:
        """How many arrivals could not be sent."""
        return len(self.unsent)

    @cached_property
    def stalls(self) -> Stalls:
        """When the generator stood still, until the load was over and all of it answered.

        What comes then delays nothing that is measured: Locust takes long to end thousands of users.
        """
        answered = self.records["done"][self.records["call"] < Call.READBACK]
        over = max(self.window[1], int(answered.max(initial=0)))
        late = (self.records["call"] == Call.STALL) & (self.records["sent"] > over)
        return Stalls.of(self.records[~late] if late.any() else self.records)

    @cached_property
    def stale_ages(self) -> NDArray[np.int64]:
        """Ages of the tokens that pushes delivered: shape (n,), ascending, ns."""
        return np.sort(stale_ages(self.pushed))

    @cached_property
    def pushed(self) -> Pushed:
        """What pushes delivered, and what had been subscribed there."""
        return Pushed.of(self.records)

    @cached_property
    def window(self) -> tuple[int, int]:
        """When the load began and ended, monotonic ns; of a run that was cut off, its last sign of life."""
        if self.run.load is not None:
            return self.run.load.began, self.run.load.ended
        generated = self.records["done"][(self.records["call"] < Call.READBACK) | (self.records["call"] == Call.STALL)]
        return self.run.began, int(generated.max(initial=self.run.began))

    @property
    def seconds(self) -> float:
        """How long the load went on."""
        return (self.window[1] - self.window[0]) / 1e9

    @property
    def own_end(self) -> str:
        """Why a right target may not have answered, as the end of a sentence; empty if nothing is known of that.

        The embedded backend ends with the run, and with the gateways that it pushes to.
        """
        if not self.run.embedded:
            return ""
        if self.run.load is None:
            return "the embedded backend ends with a run that is killed"
        return "a part of the embedded system did not last" if self.run.load.deaths else ""

    @property
    def missing(self) -> str:
        """Why a part of the figures is missing, as the end of a sentence; empty if none is."""
        if self.run.load is None:
            return "the run was cut off before its load had ended"
        if lost := self.run.load.workers_lost:
            return f"{lost} of {self.run.load.workers} workers {'was' if lost == 1 else 'were'} lost with their figures"
        if broken := self.run.load.broken:
            return f"scenarios broke off, which none may ({broken[0]})"
        return self._miscounted

    @property
    def _miscounted(self) -> str:
        """Arrivals are counted twice, by the workers and in the journal; what if the two differ, as for `missing`."""
        load = self.run.load
        if load is None or load.begun < 0 or (unsent := load.offered - load.begun) == self.not_sent:
            return ""
        return f"workers counted {unsent:,} arrivals that were not sent, and the journal has {self.not_sent:,}"


@dataclass(frozen=True, slots=True)
class Metric:
    """A kind of gate: how it is written, what its limit may be, and how it is judged."""

    spelling: str  # regular expression of the name
    shown: str  # the name as people read it in an error
    labelled: bool
    operators: tuple[str, ...]
    units: tuple[str, ...]
    example: str
    judge: Callable[[Gate, Evidence], Finding]
    name_fault: Callable[[str], str] = lambda _: ""  # what is wrong with a name that fits the spelling

    def fits(self, name: str) -> bool:
        """Whether `name` is written like this metric's."""
        return re.fullmatch(self.spelling, name) is not None


def finding(gate: Gate, figure: Fraction | None, verdict: Verdict, why: str = "", *, delayed: bool = False) -> Finding:
    """Put a gate's outcome into words that are the same for every metric."""
    measured = None if figure is None else float(figure)
    return Finding(str(gate), measured, verdict, why, gate.unit, float(gate.limit), delayed)


def nanoseconds(gate: Gate, duration: int) -> Fraction:
    """Turn a duration in ns into a figure in the gate's unit."""
    return Fraction(duration, DURATIONS[gate.unit])
