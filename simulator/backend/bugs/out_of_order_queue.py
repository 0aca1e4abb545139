import asyncio
from collections.abc import Callable
from random import Random
from time import time
from typing import Final

from simulator.backend.bug import Bug
from simulator.backend.database import Database
from simulator.backend.policy import DEFAULT, Policy
from simulator.backend.store import Store

_LONGEST_SECONDS: Final = 0.5


class _OutOfOrderQueue(Store):
    def __init__(self, database: Database, clock: Callable[[], float] = time, policy: Policy = DEFAULT) -> None:
        super().__init__(database, clock, policy)
        self._random = Random(1)  # noqa: S311 - how long each worker takes
        self._queued: set[asyncio.Task[None]] = set()

    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        queued = asyncio.create_task(self._apply(owner, push_type, device_id, token))
        self._queued.add(queued)
        queued.add_done_callback(self._queued.discard)

    async def _apply(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        await asyncio.sleep(self._random.uniform(0, _LONGEST_SECONDS))
        await super().subscribe(str(owner), push_type, device_id, token)


BUG = Bug(
    name="out-of-order-queue",
    description="Acknowledges a subscribe, queues it, and applies what is queued in any order.",
    shows=("lost_update",),
    store=_OutOfOrderQueue,
    options=("--devices", "20", "--scenario", "token_rotation"),
    scenario="rotation_race",
)
