"""The three verdicts. Unknown is never green: violated outranks unknown, which outranks pass."""

from collections.abc import Iterable
from enum import StrEnum


class Verdict(StrEnum):
    """What a run, a part of it, or a gate comes to."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    VIOLATED = "violated"
    UNKNOWN = "unknown"

    @property
    def exit_code(self) -> int:
        """0 pass, 1 violated, 2 unknown: what CI goes by."""
        return {"pass": 0, "violated": 1, "unknown": 2}[self.value]


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of the whole; of nothing at all, unknown."""
    found = set(verdicts)
    for verdict in (Verdict.VIOLATED, Verdict.UNKNOWN, Verdict.PASS):
        if verdict in found:
            return verdict
    return Verdict.UNKNOWN
