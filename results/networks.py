"""What the phones' simulated networks did; their workers counted, since no record tells of a hand-over."""

from dataclasses import dataclass
from typing import Final, Self

from results.run import Run

_MS: Final = 1e6  # nanoseconds in one


@dataclass(frozen=True, slots=True)
class NetworkUse:
    """One network's share of the calls, and what it made of them."""

    calls: int
    share: float  # of all calls, 0 to 1
    lost: int  # no byte left the phone
    cut: int  # in mid-request
    unanswered: int  # all was sent, and the answer was not read
    hand_overs: int  # to this network, since the phone's last call
    added_ms: float | None  # to a call that was not lost, on average; no latency figure contains it

    @classmethod
    def of(cls, run: Run) -> dict[str, Self]:
        """By the network's name, most used first; empty if phones were on none, or the generator was killed."""
        told = run.load.networks if run.load is not None else {}
        total = sum(each.get("calls", 0) for each in told.values())
        return {name: cls._one(each, total) for name, each in told.items()}

    @classmethod
    def _one(cls, told: dict[str, int], total: int) -> Self:
        counts = {name: told.get(name, 0) for name in ("calls", "lost", "cut", "unanswered", "hand_overs")}
        carried = told.get("carried", 0)
        added = told.get("waited_ns", 0) / carried / _MS if carried else None
        return cls(share=counts["calls"] / total if total else 0.0, added_ms=added, **counts)
