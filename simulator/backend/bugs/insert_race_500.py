import asyncio
from typing import Final

from simulator.backend.bug import Bug
from simulator.backend.store import Store

# Between looking and inserting, as long as a busy application server may take there.
_PAUSE_SECONDS: Final = 0.005


class _InsertRace500(Store):
    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        found = await self.database.query(
            'SELECT 1 FROM subscriptions WHERE "type" = ? AND "deviceId" = ?', push_type, device_id
        )
        await asyncio.sleep(_PAUSE_SECONDS)
        if found:
            await super().subscribe(owner, push_type, device_id, token)
            return
        await self.database.execute(  # the index refuses the second of two: DatabaseError, which is answered with 500
            'INSERT INTO subscriptions ("type", "deviceId", "clientId", "token", "updated_at") VALUES (?, ?, ?, ?, ?)',
            push_type,
            device_id,
            owner,
            token,
            self._now(),
        )


BUG = Bug(
    name="insert-race-500",
    description="Looks for the row and then inserts it, so that the loser of a race is answered with 500.",
    shows=(),
    store=_InsertRace500,
    options=("--devices", "1000", "--scenario", "double_post"),
    scenario="double_post",
)
