import asyncio
from collections.abc import Callable
from time import time
from typing import Final

from simulator.backend.bug import Bug, Share
from simulator.backend.database import Database
from simulator.backend.policy import DEFAULT, Policy
from simulator.backend.store import Store

_SHARE: Final = 0.3
_SLOW_SECONDS: Final = 0.1  # between the two statements, where the server is busy


class _RetryDouble(Store):
    key = ()

    def __init__(self, database: Database, clock: Callable[[], float] = time, policy: Policy = DEFAULT) -> None:
        super().__init__(database, clock, policy)
        self._share = Share("retry-double", _SHARE)

    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        await self.database.execute(
            'DELETE FROM subscriptions WHERE "type" = ? AND "deviceId" = ?', push_type, device_id
        )
        if self._share.hit():
            await asyncio.sleep(_SLOW_SECONDS)
        await super().subscribe(owner, push_type, device_id, token)


BUG = Bug(
    name="retry-double",
    description="Deletes and then inserts, so that the retry of a request that is still under way inserts once more.",
    shows=("duplicate_subscription",),
    store=_RetryDouble,
    options=("--scenario", "impatient_retry", "--gate", "errors < 90%"),
    scenario="impatient_retry",
)
