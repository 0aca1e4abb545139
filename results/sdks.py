"""What the apps of each SDK did; their workers counted, since the journal does not know of SDKs."""

from dataclasses import dataclass
from typing import Self

from results.run import Run


@dataclass(frozen=True, slots=True)
class SdkUse:
    """One SDK's share of the lives, and what its apps made of them."""

    lives: int  # of scenarios
    share: float  # of all lives, 0 to 1
    calls: int
    again: int  # of these, second tries after a 401
    silent: int  # starts of the app that sent nothing, for the token was known to be registered

    @classmethod
    def of(cls, run: Run) -> dict[str, Self]:
        """By the SDK's name, most calls first; empty if apps called by none, or the generator was killed."""
        told = run.load.sdks if run.load is not None else {}
        total = sum(each.get("lives", 0) for each in told.values())
        return {name: cls._one(each, total) for name, each in told.items()}

    @classmethod
    def _one(cls, told: dict[str, int], total: int) -> Self:
        counts = {name: told.get(name, 0) for name in ("lives", "calls", "again", "silent")}
        return cls(share=counts["lives"] / total if total else 0.0, **counts)
