"""What every process of a run is told: plain values, since Locust ships them to workers inside its own messages."""

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from locustfiles._way import Way
from simulator.client import HttpTransport, Timeouts
from simulator.networks import NONE, longest, read_mixture
from simulator.sdks import NO_SDK, Sdk
from simulator.sdks import read_mixture as read_sdks

# The attribute of Locust's parsed options that carries the assignment; Locust sends unknown ones along with each spawn.
ATTRIBUTE: Final = "pushfleet_assignment"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One run as a worker needs to know it."""

    run: str
    folder: str
    fleet: str  # directory
    run_number: int
    seed: int
    host: str
    tokens_for: str  # whose client tokens: the target's name in the fleet's store
    client_key: str = field(repr=False)
    api_key: str = field(default="", repr=False)  # only where it is used: to push, or by a scenario
    gateways: str = ""  # the URL that tells of deliveries; empty: nobody is pushed to
    push_share: float = 0.0  # of the people, to whom every scenario of theirs is followed by a push
    scenarios: list[str] = field(default_factory=list)  # their places are their numbers in the journal
    weights: dict[str, float] = field(default_factory=dict)  # how often each is lived; none: as Locust has users of it
    places: dict[str, int] = field(default_factory=dict)  # Locust's id of each worker → its place among them
    clock: str = ""  # the identity of the master's
    mark: str = ""  # the run's, for its journal
    closed: bool = False
    arrivals: str = "poisson"  # or "constant"
    users: list[int] = field(default_factory=list)  # Locust users of each worker, by its place; told with each spawn
    per_user: float = 1.0
    think_time: float = 1.0
    max_in_flight: int = 1000
    release: list[float] = field(default_factory=list)  # seconds until a new version comes, and that it takes; or none
    way: Way = field(default_factory=Way)
    network: str = NONE  # of the phones, or a mixture
    sdk: str = NO_SDK.name  # that their apps call by, or a mixture: the fleet's

    def to_plain(self) -> dict[str, Any]:
        """As a message can carry it."""
        return asdict(self)

    @classmethod
    def from_plain(cls, said: Mapping[str, Any]) -> Self:
        """Back from a message."""
        way = said["way"]
        return cls(**{**said, "way": Way(**{**way, "bounds": tuple(way["bounds"])})})

    @property
    def workers(self) -> int:
        """How many processes generate."""
        return max(len(self.places), 1)

    @property
    def most_in_flight(self) -> int:
        """How many people may be under way; in the closed model any: whoever were turned away would come at once."""
        return sys.maxsize if self.closed else self.max_in_flight

    def transport(self, timeouts: Timeouts | None = None) -> HttpTransport:
        """To the target, for this process, within the run's bounds or `timeouts`; UsageError if that cannot be."""
        return self.way.transport(self.host, timeouts)

    def timeouts_of(self, sdk: Sdk) -> Timeouts:
        """The bounds of an SDK's calls: its own, but none beyond those that the run was asked to keep."""
        if sdk.connect is None or sdk.answer is None:
            return self.way.timeouts
        return self.way.timeouts_of(sdk.connect, sdk.answer)

    @property
    def longest_call(self) -> float:
        """Seconds after which every call has ended, one way or another, by whichever SDK."""
        sdks = read_sdks(self.sdk).sdks if self.sdk != NO_SDK.name else (NO_SDK,)
        return max(map(self._longest, sdks))

    def patience_of(self, sdk: Sdk) -> float:
        """Seconds that an app waits for a call that its network loses: an SDK's never has a connection."""
        timeouts = self.timeouts_of(sdk)
        return timeouts.answer if sdk.connect is None else timeouts.connect

    def _longest(self, sdk: Sdk) -> float:
        timeouts = self.timeouts_of(sdk)
        handshake = timeouts.handshake if self.host.startswith("https:") else 0.0
        added = longest(read_mixture(self.network), self.patience_of(sdk)) if self.network != NONE else 0.0
        return timeouts.connect + handshake + timeouts.answer + added

    @property
    def journal(self) -> Path:
        """The folder of the journal's streams."""
        return Path(self.folder) / "journal"
