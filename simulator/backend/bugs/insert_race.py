import asyncio
from typing import Final

from simulator.backend.bug import Bug
from simulator.backend.store import Store

# Between looking and inserting, as long as a busy application server may take there.
_PAUSE_SECONDS: Final = 0.005


class _InsertRace(Store):
    key = ()

    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        found = await self.database.query(
            'SELECT 1 FROM subscriptions WHERE "type" = ? AND "deviceId" = ?', push_type, device_id
        )
        await asyncio.sleep(_PAUSE_SECONDS)
        if not found:
            await super().subscribe(owner, push_type, device_id, token)
            return
        await self.database.execute(
            'UPDATE subscriptions SET "clientId" = ?, "token" = ?, "updated_at" = ?'
            ' WHERE "type" = ? AND "deviceId" = ?',
            owner,
            token,
            self._now(),
            push_type,
            device_id,
        )


BUG = Bug(
    name="insert-race",
    description="Looks for the row and then inserts it, in two transactions and without a unique index.",
    shows=("duplicate_subscription",),
    store=_InsertRace,
    options=("--devices", "600", "--scenario", "double_post"),
    scenario="double_post",
)
