"""A provider with faults in this process, whose judge accepts everything, and whose faults are those it is told."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.gateways import authority
from simulator.gateways.addresses import reserved
from simulator.gateways.delivery import NOBODY, Delivery, Provider, Topic
from simulator.gateways.desk import Desk
from simulator.gateways.faults import Fault, Faults
from simulator.gateways.faulty import listening
from simulator.gateways.journal import Journal, read_deliveries
from simulator.gateways.request import Answer, Judged, Request

ACCEPTED = Answer(200, (("apns-id", "1"),))


def delivery(provider: Provider = Provider.APNS) -> Delivery:
    return Delivery(provider, Topic.ALERT, 200, 0, 1, 0, NOBODY, 0, 1, 1, 1, 0, 0)


class Told(Faults):
    """Meets out the faults that it is told, one a push, and then none."""

    def __init__(self, *faults: str) -> None:
        kinds = [fault and Faults.parse([fault], 0).kinds[0] for fault in faults]
        super().__init__([kind for kind in kinds if isinstance(kind, Fault)])
        self._left = kinds

    def draw(self) -> Fault | None:
        following = self._left.pop(0) if self._left else ""
        return following if isinstance(following, Fault) else None


@dataclass
class Accepting:
    """A judge that accepts whatever it is asked, and keeps it; paths below /none name nobody."""

    provider: Provider = Provider.APNS
    answer: Answer = ACCEPTED
    asked: list[Request] = field(default_factory=list)

    def judge(self, request: Request) -> Judged:
        self.asked.append(request)
        return Judged(self.answer, None if request.path.startswith("/none") else delivery(self.provider))

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.asked]


class Stand(NamedTuple):
    """Where the provider is, and what it saw."""

    port: int
    trusted: Path
    judge: Accepting
    journal: Journal

    def context(self, *protocols: str) -> ssl.SSLContext:
        """For a client that speaks these."""
        context = ssl.create_default_context(cafile=self.trusted)
        if protocols:
            context.set_alpn_protocols(protocols)
        return context

    async def connect(self, *protocols: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection of a client that speaks these."""
        return await asyncio.open_connection("127.0.0.1", self.port, ssl=self.context(*protocols))

    def kept(self) -> NDArray[np.void]:
        """What was journaled."""
        self.journal.flush()
        return read_deliveries(self.journal.path)


@asynccontextmanager
async def stand(folder: Path, faults: Sequence[str] = (), judge: Accepting | None = None) -> AsyncIterator[Stand]:
    """A provider that listens while the context lasts."""
    accepting = judge or Accepting()
    certificates = authority.prepare(folder, "127.0.0.1")
    journal = Journal(folder / "deliveries.bin")
    with reserved("127.0.0.1", {}) as addresses:
        desk = Desk(accepting, journal, Told(*faults))
        async with listening({"apns": desk}, addresses, certificates):
            yield Stand(addresses["apns"][1], certificates.authority, accepting, journal)
    journal.close()
