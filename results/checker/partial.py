"""What a judge of some of a run's registers found, and what several such judges found together."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from heapq import nsmallest
from operator import attrgetter
from typing import Any, Final, NamedTuple, Self

from results.anomalies import ANOMALIES
from results.checker.doubt import Doubt
from results.checker.shown import SHOWN
from results.errors import UsageError
from results.judgement import Example, Judgement, Sighting, Step, Stretch
from results.verdict import Verdict

_BY_RANK: Final = attrgetter("rank")


class Told(NamedTuple):
    """An example of an anomaly; the first by `rank` are the worst, and are shown. See `Worst`."""

    rank: tuple[int, ...]
    example: Example


@dataclass(frozen=True, slots=True)
class Partial:
    """What some registers came to. Those of all shards, merged, are the whole, whatever was judged where."""

    total: int = 0
    violated: int = 0
    unknown: int = 0
    doubts: dict[str, int] = field(default_factory=dict)  # Doubt's name → registers
    anomalies: dict[str, int] = field(default_factory=dict)
    coverage: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[Told]] = field(default_factory=dict)  # anomaly → the worst of them, in their order
    proven: dict[str, tuple[int, int]] = field(default_factory=dict)  # anomaly → its first and last proof, monotonic ns

    @classmethod
    def merged(cls, parts: Iterable[Self]) -> Self:
        """What the parts, each of other registers, come to."""
        known = list(parts)
        examples: dict[str, list[Told]] = {}
        proven: dict[str, tuple[int, int]] = {}
        for part in known:
            for name, told in part.examples.items():
                examples[name] = nsmallest(SHOWN, [*examples.get(name, ()), *told], key=_BY_RANK)
            for name, (first, last) in part.proven.items():
                sooner, later = proven.get(name, (first, last))
                proven[name] = min(first, sooner), max(last, later)
        return cls(
            total=sum(part.total for part in known),
            violated=sum(part.violated for part in known),
            unknown=sum(part.unknown for part in known),
            doubts=_sum(part.doubts for part in known),
            anomalies=_sum(part.anomalies for part in known),
            coverage=_sum(part.coverage for part in known),
            examples=examples,
            proven=proven,
        )

    def to_plain(self) -> dict[str, Any]:
        """As JSON can carry it."""
        return {
            **asdict(replace(self, examples={})),
            "examples": {
                name: [[list(one.rank), asdict(one.example)] for one in told] for name, told in self.examples.items()
            },
        }

    @classmethod
    def from_plain(cls, said: dict[str, Any]) -> Self:
        """Back from JSON; UsageError if it is none of ours."""
        try:
            examples = {
                name: [Told(tuple(rank), _example(example)) for rank, example in told]
                for name, told in said["examples"].items()
            }
            proven = {name: (first, last) for name, (first, last) in said["proven"].items()}
            return cls(**{**said, "examples": examples, "proven": proven})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UsageError(
                f"it is no verdict on a part of a run ({error!r}): give what check --shard printed."
            ) from None

    def judgement(self, *, began: int, read_back: bool, ended: Callable[[int], int]) -> Judgement:
        """What the run comes to, if these are all of its registers.

        `began` is when the run began (monotonic ns), `ended` tells how many operations had ended by a moment, and
        without a `read_back` that ran to its end there is no pass.
        """
        anomalies = {name: self.anomalies.get(name, 0) for name in sorted(ANOMALIES)}
        return Judgement(
            verdict=self._verdict(read_back=read_back),
            total=self.total,
            judged=self.total - self.unknown,
            unknown=self.unknown,
            anomalies=anomalies,
            examples=list(self._examples()),
            coverage=self.coverage,
            seen={
                name: Sighting((first - began) / 1e9, (last - began) / 1e9, ended(first))
                for name, (first, last) in sorted(self.proven.items())
            },
            not_exercised=[name for name, count in anomalies.items() if not count and not self._had_a_chance(name)],
            reasons=list(self._reasons(anomalies, read_back=read_back)),
        )

    @property
    def _acknowledged(self) -> int:
        """Operations that the backend has said it carried out."""
        return self._of("subscribes") + self._of("deletes")

    def _of(self, chance: str) -> int:
        return self.coverage.get(chance, 0)

    def _verdict(self, *, read_back: bool) -> Verdict:
        if self.violated or self.anomalies.get("contract_breach"):
            return Verdict.VIOLATED
        if self.unknown or not self._acknowledged or not self._of("reads") or not read_back:
            return Verdict.UNKNOWN
        return Verdict.PASS

    def _had_a_chance(self, name: str) -> bool:
        return any(self._of(chance) for chance in ANOMALIES[name].chances)

    def _examples(self) -> Iterator[Example]:
        """Examples by severity, and of each anomaly the worst first."""
        for anomaly in sorted(ANOMALIES.values(), key=lambda one: (one.severity, one.precedence)):
            yield from (told.example for told in self.examples.get(anomaly.id, ()))

    def _reasons(self, anomalies: dict[str, int], *, read_back: bool) -> Iterator[str]:
        for name in sorted(ANOMALIES, key=lambda one: -anomalies[one]):
            if count := anomalies[name]:
                of = f"{self._of('answers')} answers" if name == "contract_breach" else f"{self.total} registers"
                yield f"{name} was found in {count} of {of}."
        if not self.total:
            yield "No operation went out for any register, and no data is no verdict."
            return
        if not self._acknowledged:
            yield "No subscribe or unsubscribe was acknowledged, so there is nothing that the backend must hold."
        if not self._of("reads"):
            yield "Nothing was read back, so nothing shows what the backend holds."
        elif not read_back:
            yield "No read-back ran to its end, so what the backend holds at last is not known."
        for doubt in Doubt:
            if count := self.doubts.get(doubt.name, 0):
                yield f"{count} of {self.total} registers cannot be judged: {doubt}."


def _example(said: dict[str, Any]) -> Example:
    witness = [Step(**step) for step in said["witness"]]
    return Example(**{**said, "witness": witness, "must": said["must"] and Stretch(**said["must"])})


def _sum(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for count in counts:
        found.update(count)
    return dict(found)
