"""What the checker says of a run's correctness."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Final, Self

from results.verdict import Verdict

ALL: Final = "all"  # anomalies, as --require has it
_NO_CHANCE: Final = "{} is required to have a chance to show, and nothing that was done gave it one."


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a witness. Times are seconds since the run began."""

    call: str  # subscribe, unsubscribe, push, read-back
    register: str  # as people write it; empty: a push's, where none can be told
    person: int | None  # who called, whom the push was for, or whom the row names; None: nobody is named
    token: str | None  # by its generation: g7; None: none at all
    outcome: str  # ok, fail, info
    status: int | None  # None: no answer, or none that has one
    began: float
    ended: float
    text: str  # what came of it, in words
    part: str = "proof"  # wrong: what cannot be; proof: it proves that; excuse: it might have explained it


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time, in seconds since the run began, over which something must have stood in the register."""

    began: float
    ended: float
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """One violation, told in plain sentences."""

    anomaly: str
    register: str  # as people write it: ios/6F9619FF-…
    text: str
    witness: list[Step] = field(default_factory=list)  # the fewest operations that prove it, by their beginning
    must: Stretch | None = None  # what had to stand there instead
    replay: str = ""  # a shell script that does the same again; empty: nothing was written


@dataclass(frozen=True, slots=True)
class Sighting:
    """When an anomaly was shown: seconds since the run began, of its first and its last proof."""

    first: float
    last: float
    operations: int  # that had ended when it was first proven


@dataclass(frozen=True, slots=True)
class Judgement:
    """Correctness: a verdict, how many registers stand behind it, and why."""

    verdict: Verdict
    total: int
    judged: int
    unknown: int
    anomalies: dict[str, int]  # every anomaly id → registers (for contract_breach: operations) that show it
    examples: list[Example] = field(default_factory=list)
    coverage: dict[str, int] = field(default_factory=dict)  # chance → how often this run had it
    not_exercised: list[str] = field(default_factory=list)  # anomaly ids that had no chance to show
    seen: dict[str, Sighting] = field(default_factory=dict)  # anomaly id → when, of those that were found
    reasons: list[str] = field(default_factory=list)  # one sentence each; none for a pass

    def requiring(self, names: Collection[str]) -> Self:
        """The judgement where these anomalies, or ALL, must have had a chance to show: without one nothing passes."""
        missed = [name for name in self.not_exercised if name in names or ALL in names]
        if not missed:
            return self
        verdict = Verdict.UNKNOWN if self.verdict is Verdict.PASS else self.verdict
        return replace(self, verdict=verdict, reasons=[*self.reasons, *map(_NO_CHANCE.format, missed)])
