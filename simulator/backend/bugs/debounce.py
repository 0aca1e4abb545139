from collections.abc import Callable
from time import time
from typing import Final

from simulator.backend.bug import Bug
from simulator.backend.database import Database
from simulator.backend.policy import DEFAULT, Policy
from simulator.backend.store import Store

_WINDOW_SECONDS: Final = 2.0


class _Debounce(Store):
    def __init__(self, database: Database, clock: Callable[[], float] = time, policy: Policy = DEFAULT) -> None:
        super().__init__(database, clock, policy)
        self._updated: dict[tuple[str, str, str], float] = {}

    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        who, now = (owner, push_type, device_id), self.clock()
        if now - self._updated.get(who, -_WINDOW_SECONDS) < _WINDOW_SECONDS:
            return
        self._updated[who] = now
        await super().subscribe(owner, push_type, device_id, token)

    async def unsubscribe(self, owner: str, push_type: str, device_id: str) -> int:
        self._updated.pop((owner, push_type, device_id), None)
        return await super().unsubscribe(owner, push_type, device_id)


BUG = Bug(
    name="debounce",
    description="Skips a subscribe that comes within two seconds of the last one for the same slot, and says OK.",
    shows=("lost_update",),
    store=_Debounce,
    scenario="rotation_race",
)
