import asyncio
from collections.abc import Callable
from time import time
from typing import Final

from simulator.backend.bug import Bug, Share
from simulator.backend.database import Database
from simulator.backend.policy import DEFAULT, Policy
from simulator.backend.store import Store

_SHARE: Final = 0.3
_SLOW_SECONDS: Final = 0.5


class _ZombieWrite(Store):
    def __init__(self, database: Database, clock: Callable[[], float] = time, policy: Policy = DEFAULT) -> None:
        super().__init__(database, clock, policy)
        self._share = Share("zombie-write", _SHARE)

    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        if self._share.hit():
            await asyncio.sleep(_SLOW_SECONDS)  # in a queue, say, and nobody asks whether the phone is still there
        await super().subscribe(owner, push_type, device_id, token)


BUG = Bug(
    name="zombie-write",
    description="Lets three in ten subscribes wait half a second, so that a first attempt lands after its retry.",
    shows=("zombie_write",),
    store=_ZombieWrite,
    options=("--scenario", "impatient_retry", "--gate", "errors < 90%"),
    scenario="impatient_retry",
)
