"""Gateways over a fleet, and tokens of every standing in it, for clients that nobody here wrote."""

import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.fleet import Fleet
from simulator.gateways.delivery import DELIVERY
from simulator.gateways.process import Gateways
from simulator.tokens import Provenance, PushType, mint

RUN = 1 << 20  # the value of run 1's generation 0


@dataclass
class World:
    """Gateways whose providers notice at once that a token is dead, and the fleet behind them."""

    gateways: Gateways
    fleet: Fleet

    @property
    def ready(self) -> dict[str, Any]:
        """What the gateways said when they were ready."""
        return self.gateways.ready

    def device(self, kind: PushType, nth: int = 0) -> int:
        """The nth device that registers as `kind`."""
        found = [device for device in range(self.fleet.devices) if kind in self.fleet.types(device)]
        return found[nth]

    def token(self, kind: PushType, nth: int = 0, generation: int = 2, form: str | None = None) -> str:
        """A device's token: generation 2 is its current one, 1 is superseded, 3 was never handed out."""
        device = self.device(kind, nth)
        slot = self.fleet.types(device).index(kind)
        self.fleet.state["slots"][device, slot] = RUN | 2
        return mint(Provenance(self.fleet.number, 1, device, 0, kind, generation), form=form)

    def deliveries(self) -> NDArray[np.void]:
        """Everything that reached the gateways."""
        with urllib.request.urlopen(f"{self.ready['deliveries']}/deliveries?after=0") as answer:  # noqa: S310 - our own server on loopback
            return np.frombuffer(answer.read(), DELIVERY)

    def last(self) -> tuple[int, int, int]:
        """(register, value, status) of the last delivery."""
        row = self.deliveries()[-1]
        return int(row["register"]), int(row["value"]), int(row["status"])


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("interop")
    fleet = Fleet.create(folder / "fleet", devices=400, seed=1)
    with Gateways.start(folder / "gateways", fleet=folder / "fleet", stale_seconds=0.0) as gateways:
        yield World(gateways, fleet)


@pytest.fixture(scope="session")
def fleetless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Gateways to which every authentic token is current; the fleet has no browsers."""
    folder = tmp_path_factory.mktemp("fleetless")
    fleet = Fleet.create(folder / "fleet", devices=1, seed=1)
    with Gateways.start(folder / "gateways") as gateways:
        yield World(gateways, fleet)


@pytest.fixture(scope="session")
def throttled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Gateways that have had enough of everybody."""
    with Gateways.start(tmp_path_factory.mktemp("throttled"), front="faulty", faults=["throttle=1"]) as gateways:
        yield gateways.ready
