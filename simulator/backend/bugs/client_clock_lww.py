from collections.abc import Callable
from time import time
from typing import Final

from simulator.backend.bug import Bug, Share
from simulator.backend.database import Database
from simulator.backend.policy import DEFAULT, Policy
from simulator.backend.store import Store

_SHARE: Final = 0.05
_BEHIND: Final = 60_000  # ms


class _ClientClockLww(Store):
    def __init__(self, database: Database, clock: Callable[[], float] = time, policy: Policy = DEFAULT) -> None:
        super().__init__(database, clock, policy)
        self._share = Share("client-clock-lww", _SHARE)

    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        # The API has no client's time: this is what such a field would say, of phones whose clock was set back.
        said = self._now() - (_BEHIND if self._share.hit() else 0)
        await self.database.execute(
            'INSERT INTO subscriptions ("type", "deviceId", "clientId", "token", "updated_at") VALUES (?, ?, ?, ?, ?)'
            ' ON CONFLICT ("type", "deviceId") DO UPDATE SET "clientId" = excluded."clientId",'
            ' "token" = excluded."token", "updated_at" = excluded."updated_at"'
            ' WHERE subscriptions."updated_at" <= excluded."updated_at"',
            push_type,
            device_id,
            owner,
            token,
            said,
        )


BUG = Bug(
    name="client-clock-lww",
    description="Keeps what a phone's clock calls newer, and one in twenty phones has a clock that was set back.",
    shows=("lost_update",),
    store=_ClientClockLww,
    options=("--devices", "100", "--run-time", "12s", "--scenario", "token_rotation"),
    scenario="restore_backup",
)
