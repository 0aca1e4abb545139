"""What a search for the capacity came to: `capacity.json`, schema 1. Fields may be added, never renamed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

from results.capacity.limit import Limit
from results.capacity.search import Search
from results.capacity.trial import Trial
from results.verdict import Verdict
from results.wording import several

SCHEMA: Final = 1


class Ended(StrEnum):
    """How the search ended."""

    FOUND = "found"  # nothing was left to find out
    BUDGET = "budget"  # no time was left for another trial
    STOPPED = "stopped"  # somebody stopped it
    FAILED = "failed"  # a trial left no verdict


_CUT_SHORT: Final = {
    Ended.FOUND: "",
    Ended.BUDGET: "The search ended for want of time",
    Ended.STOPPED: "The search was stopped",
    Ended.FAILED: "The search ended because a trial left no verdict",
}


@dataclass(frozen=True, slots=True)
class Capacity:
    """The highest rate that met the gates, what the limit was, and the trials behind it."""

    started: str  # ISO 8601, UTC
    seconds: float
    target: str
    gates: Sequence[str]
    seed: int  # trial n has seed + n
    options: Mapping[str, Any]  # of the command, without secrets
    search: Search
    ended: Ended
    trials: Sequence[Trial]
    schema: int = field(default=SCHEMA)

    @property
    def rate(self) -> int | None:
        """The highest rate that met every gate, arrivals a second."""
        return self.search.met

    @property
    def limit(self) -> Limit:
        """What kept a higher rate from meeting them."""
        if self.search.not_met is not None:
            return self.search.limit or Limit.UNKNOWN
        if self.search.met is not None and self.search.met >= self.search.most:
            return Limit.NONE
        return Limit.UNKNOWN

    @property
    def verdict(self) -> Verdict:
        """Pass if a rate was found, violated if even the first violated the gates, unknown if nobody can say."""
        if self.rate is not None:
            return Verdict.PASS
        return Verdict.VIOLATED if self.limit is Limit.TARGET else Verdict.UNKNOWN

    @property
    def best(self) -> Trial | None:
        """The trial that found the rate."""
        return next((trial for trial in reversed(self.trials) if trial.met and trial.rate == self.rate), None)

    @property
    def failing(self) -> Trial | None:
        """The trial of the lowest rate that did not meet the gates."""
        return next((each for each in reversed(self.trials) if not each.met and each.rate == self.search.not_met), None)

    @property
    def sentence(self) -> str:
        """The outcome in words: the rate, what the limit was, and how sure that is."""
        return " ".join(part for part in (self._found(), self._why(), self._blame(), self._certainty()) if part)

    def as_dict(self) -> dict[str, Any]:
        """The outcome in plain values, in the schema's order."""
        return {
            "schema": self.schema,
            "verdict": self.verdict,
            "rate": self.rate,
            "limit": self.limit,
            "sentence": self.sentence,
            "not_met": self.search.not_met,
            "ended": self.ended,
            "gates": list(self.gates),
            "target": self.target,
            "seed": self.seed,
            "started": self.started,
            "seconds": self.seconds,
            "options": dict(self.options),
            "trials": [asdict(trial) for trial in self.trials],
        }

    def _found(self) -> str:
        gates = "the gate" if len(self.gates) == 1 else "every gate"
        if self.rate is not None:
            failed = "" if self.search.not_met is None else f"; {self.search.not_met:,} did not"
            return f"{several(self.rate, 'arrival')} a second met {gates}{failed}."
        first = self.search.not_met
        if first is None:
            return "No trial gave an answer."
        if self.limit is Limit.TARGET:
            return f"Even {several(first, 'arrival')} a second did not meet {gates}."
        return f"Whether {several(first, 'arrival')} a second can be met is not known."

    def _why(self) -> str:
        return self.failing.why if self.failing is not None else ""

    def _blame(self) -> str:
        most = f"{self.search.most:,}/s"
        return {
            Limit.TARGET: "The target was the limit.",
            Limit.GENERATOR: "The generator was the limit, so the target may do more: try more --processes.",
            Limit.NONE: f"No limit was found up to --max {most}: raise it to find one.",
            Limit.UNKNOWN: "What the limit is, is not known." if self.rate is not None else "",
        }[self.limit]

    def _certainty(self) -> str:
        cut, met, not_met = _CUT_SHORT[self.ended], self.search.met, self.search.not_met
        if not cut:
            return ""
        if met is not None and not_met is not None:
            return f"{cut}, with the limit between {met:,} and {not_met:,}/s."
        return f"{cut}, before {'a rate failed' if met is not None else 'a rate was met'}."
