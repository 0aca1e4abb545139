import asyncio
from collections.abc import Callable, Sequence
from time import time
from typing import Final

from simulator.backend.bug import Bug
from simulator.backend.database import Database
from simulator.backend.policy import DEFAULT, Policy
from simulator.backend.pusher import Subscription
from simulator.backend.store import Store
from simulator.backend.upsert import COLUMNS, names

_LAG_SECONDS: Final = 0.5


class _ReplicaLag(Store):
    def __init__(self, database: Database, clock: Callable[[], float] = time, policy: Policy = DEFAULT) -> None:
        super().__init__(database, clock, policy)
        self._replica: list[Subscription] = []
        self._copied = -_LAG_SECONDS
        self._copying = asyncio.Lock()

    async def subscriptions_of(self, clients: Sequence[str]) -> list[Subscription]:
        async with self._copying:
            if self.clock() - self._copied >= _LAG_SECONDS:
                self._copied = self.clock()
                rows = await self.database.query(f"SELECT {names(COLUMNS)} FROM subscriptions")  # noqa: S608 - our own names
                self._replica = [Subscription(*row) for row in rows]
        return [one for one in self._replica if one.client_id in clients]


BUG = Bug(
    name="replica-lag",
    description="Pushes to what a replica holds, which is up to half a second behind.",
    shows=("stale_push",),
    store=_ReplicaLag,
    options=("--readback", "push?share=0.5", "--scenario", "token_rotation"),
    scenario="reinstall",
)
