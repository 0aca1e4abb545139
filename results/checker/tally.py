"""Counting what a judge finds, register by register."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from results.anomalies import ANOMALIES, classify
from results.checker.case import Case
from results.checker.doubt import Doubt
from results.checker.fact import Fact
from results.checker.partial import Partial
from results.checker.projection import Frame
from results.checker.shown import Found, Worst
from results.checker.story import Story
from results.checker.telling import told
from results.checker.whole import Whole


@dataclass(slots=True)
class Tally:
    """What the registers looked at so far come to."""

    total: int = 0
    violated: int = 0
    unknown: int = 0
    doubts: Counter[str] = field(default_factory=Counter)
    anomalies: Counter[str] = field(default_factory=Counter)
    coverage: Counter[str] = field(default_factory=Counter)
    shown: dict[str, Worst] = field(default_factory=dict)
    proven: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, case: Case, facts: Sequence[Fact], frame: Frame) -> bool:
        """Count one register: once for each anomaly it shows. False if it does not count.

        A register that no operation was sent for is not this run's, and says nothing of it, unless what was read there
        shows a fault, or may be the work of a worker that died.
        """
        if not (case.violated or Doubt.DEAD in case.doubts or any(fact.went_out for fact in facts)):
            return False
        self.total += 1
        by_name: dict[str, list[Found]] = {}
        for evidence in case.evidence:
            if (anomaly := classify(evidence)) is not None:
                by_name.setdefault(anomaly.id, []).append(Found(evidence, facts, frame))
        for name, found in by_name.items():
            self.show(name, *found)
        if case.violated:
            self.violated += 1
        elif case.doubts:
            self.unknown += 1
            self.doubts[min(case.doubts, key=list(Doubt).index).name] += 1
        return True

    def show(self, name: str, *found: Found) -> None:
        """Count an anomaly that one register shows; keep the worst piece of its evidence."""
        self.count(name, 1, [fact.done for one in found for fact in one.evidence.blamed])
        self.keep(name, *found)

    def count(self, name: str, times: int, proofs: Iterable[int]) -> None:
        """Count an anomaly so many times; its proofs ended at these moments, monotonic ns."""
        self.anomalies[name] += times
        moments = [*proofs, *self.proven.get(name, ())]
        self.proven[name] = min(moments), max(moments)

    def keep(self, name: str, *found: Found) -> None:
        """Keep the worst of these if it is among the worst of its kind."""
        self.shown.setdefault(name, Worst(ANOMALIES[name].badness)).add(*found)

    def told(self, story: Story, whole: Whole) -> Partial:
        """What it comes to, with each example told in full."""
        return Partial(
            total=self.total,
            violated=self.violated,
            unknown=self.unknown,
            doubts=dict(self.doubts),
            anomalies=dict(self.anomalies),
            coverage=dict(self.coverage),
            examples=told(self.shown, story, whole),
            proven=self.proven,
        )
