"""Which violations are shown: of each anomaly the worst, so that whoever reads a few has read what matters."""

from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final

from results.checker.evidence import Evidence
from results.checker.fact import Fact
from results.checker.projection import Frame

SHOWN: Final = 20  # of each anomaly: enough to see a pattern, and to read

_rank: Final = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of evidence, and what it was found in."""

    evidence: Evidence
    facts: Sequence[Fact]  # of its register, by `sent`
    frame: Frame


@dataclass(slots=True)
class Worst:
    """The worst of one anomaly. In whatever order they come, the same are kept, so that parts can be merged."""

    badness: Callable[[Evidence], tuple[int, ...]]  # greater is worse; of equals the earliest comes first
    _kept: list[tuple[tuple[int, ...], Found]] = field(default_factory=list)

    def rank(self, found: Found) -> tuple[int, ...]:
        """The worse, the less. No two that differ in what they blame are equal."""
        evidence, at = found.evidence, found.evidence.at
        return (*(-figure for figure in self.badness(evidence)), at.done, evidence.register, *at)

    def add(self, *found: Found) -> None:
        """Keep the worst of these, which are of one register, if it is among the worst of all."""
        one = min(found, key=self.rank)
        rank = self.rank(one)
        if len(self._kept) < SHOWN or rank < self._kept[-1][0]:
            insort(self._kept, (rank, one), key=_rank)
            del self._kept[SHOWN:]

    def __iter__(self) -> Iterator[tuple[tuple[int, ...], Found]]:
        """The worst first, each with its rank."""
        return iter(self._kept)
