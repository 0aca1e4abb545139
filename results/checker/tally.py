"""Counting what a judge finds, register by register."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from results.anomalies import ANOMALIES, classify
from results.checker.case import Case
from results.checker.doubt import Doubt
from results.checker.evidence import Evidence
from results.checker.fact import Fact
from results.checker.partial import SHOWN, Partial, Told
from results.checker.story import Story


@dataclass(slots=True)
class Tally:
    """What the registers looked at so far come to."""

    total: int = 0
    violated: int = 0
    unknown: int = 0
    doubts: Counter[str] = field(default_factory=Counter)
    anomalies: Counter[str] = field(default_factory=Counter)
    coverage: Counter[str] = field(default_factory=Counter)
    shown: dict[str, list[tuple[tuple[int, ...], Evidence]]] = field(default_factory=dict)
    proven: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, case: Case, facts: Sequence[Fact]) -> bool:
        """Count one register: once for each anomaly it shows. False if it does not count.

        A register that no operation was sent for is not this run's, and says nothing of it, unless what was read there
        shows a fault, or may be the work of a worker that died.
        """
        if not (case.violated or Doubt.DEAD in case.doubts or any(fact.went_out for fact in facts)):
            return False
        self.total += 1
        first: dict[str, Evidence] = {}
        for evidence in case.evidence:
            if (anomaly := classify(evidence)) is not None:
                first.setdefault(anomaly.id, evidence)
        for name, evidence in first.items():
            self.show(name, evidence, (0, evidence.register))
        if case.violated:
            self.violated += 1
        elif case.doubts:
            self.unknown += 1
            self.doubts[min(case.doubts, key=list(Doubt).index).name] += 1
        return True

    def show(self, name: str, evidence: Evidence, order: tuple[int, ...]) -> None:
        """Count one piece of evidence, and keep it if it is among the first of its kind; they come in their order."""
        self.count(name, np.array([evidence.blamed[0].done]))
        if len(examples := self.shown.setdefault(name, [])) < SHOWN:
            examples.append((order, evidence))

    def count(self, name: str, done: NDArray[np.int64]) -> None:
        """Count what ended at these moments, monotonic ns."""
        if not len(done):
            return
        self.anomalies[name] += len(done)
        first, last = int(done.min()), int(done.max())
        sooner, later = self.proven.get(name, (first, last))
        self.proven[name] = min(first, sooner), max(last, later)

    def told(self, story: Story) -> Partial:
        """What it comes to, with each example in plain sentences."""
        return Partial(
            total=self.total,
            violated=self.violated,
            unknown=self.unknown,
            doubts=dict(self.doubts),
            anomalies=dict(self.anomalies),
            coverage=dict(self.coverage),
            examples={name: [_told(name, *one, story) for one in shown] for name, shown in self.shown.items()},
            proven=self.proven,
        )


def _told(name: str, order: tuple[int, ...], evidence: Evidence, story: Story) -> Told:
    where = story.label(evidence.register) if evidence.register else story.person(evidence.at.owner)
    return Told(order, where, ANOMALIES[name].explain(evidence, story))
