"""Gateways over a fleet, its devices and their tokens, and what reached the gateways."""

import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from simulator.fleet import Fleet
from simulator.gateways.delivery import DELIVERY, Topic
from simulator.gateways.process import Gateways
from simulator.gateways.reasons import REASONS
from simulator.tokens import Provenance, PushType, mint
from simulator.tokens.mark import Mark
from simulator.tokens.provenance import GENERATION_BITS

_RUN = 1 << GENERATION_BITS  # tokens of the fleet's first run


class Seen(NamedTuple):
    """A delivery: for which token's register and value, sent as what, and what was answered and why."""

    register: int
    value: int
    topic: Topic
    status: int
    reason: str


@dataclass
class Device:
    """A device of the fleet, which no other test has, and the tokens that it registers as `kind`."""

    fleet: Fleet
    number: int
    kind: PushType

    def __post_init__(self) -> None:
        self._slot = self.fleet.types(self.number).index(self.kind)
        self.rotate()

    def rotate(self) -> None:
        """The OS hands out a new token, as `simulator.phones.Phone.rotate` has it: all older ones are dead."""
        slots = self.fleet.state["slots"][self.number]
        slots[self._slot] = max(slots[self._slot], _RUN) + 1

    def token(self, form: str | None = None, *, ahead: int = 0) -> str:
        """The latest token, or the one that will be handed out `ahead` rotations from now."""
        generation = (self.value & (_RUN - 1)) + ahead
        return mint(Provenance(self.fleet.number, 1, self.number, 0, self.kind, generation), form=form)

    @property
    def value(self) -> int:
        """What its register holds."""
        return int(self.fleet.state["slots"][self.number, self._slot])

    def seen(self, topic: Topic, status: int = 200, reason: str = "", *, behind: int = 0) -> Seen:
        """A delivery for its latest token, or for the one `behind` rotations ago."""
        return Seen(self.number << 24 | self.kind, self.value - behind, topic, status, reason)


@dataclass
class World:
    """Gateways and the fleet behind them."""

    gateways: Gateways
    fleet: Fleet
    unused: Iterator[int]  # the numbers of devices that no test has taken yet
    _skipped: int = 0

    @property
    def ready(self) -> dict[str, Any]:
        """What the gateways said when they were ready."""
        return self.gateways.ready

    def device(self, kind: PushType) -> Device:
        """A device that registers as `kind`; another one each time."""
        return Device(self.fleet, next(number for number in self.unused if kind in self.fleet.types(number)), kind)

    def begin(self) -> None:
        """A test begins: what reached the gateways until now is not of it."""
        self._skipped += len(self.deliveries())

    def deliveries(self) -> NDArray[np.void]:
        """DELIVERY records of the test that runs, at most 16,384."""
        url = f"{self.ready['deliveries']}/deliveries?after={self._skipped}"
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - our own server on loopback
            return np.frombuffer(answer.read(), DELIVERY)

    def seen(self) -> list[Seen]:
        """The deliveries of the test that runs."""
        rows = self.deliveries()
        columns = [rows[name].tolist() for name in ("register", "value", "topic", "status", "reason")]
        return [
            Seen(register, value, Topic(topic), status, REASONS[reason])
            for register, value, topic, status, reason in zip(*columns, strict=True)
        ]

    def marks(self) -> list[Mark]:
        """What the deliveries' texts named: fleet, person and moment."""
        return [Mark(self.fleet.number, int(row["owner"]), int(row["sent"])) for row in self.deliveries()]


def address(url: str) -> tuple[str, int]:
    """Host and port of a gateway."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port
