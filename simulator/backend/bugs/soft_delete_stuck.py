from typing import Final

from simulator.backend.bug import Bug
from simulator.backend.store import Store

_TABLE: Final = (
    'CREATE TABLE IF NOT EXISTS deleted ("type" TEXT NOT NULL, "deviceId" TEXT NOT NULL,'
    ' PRIMARY KEY ("type", "deviceId"))'
)


class _SoftDeleteStuck(Store):
    async def prepare(self) -> None:
        await super().prepare()
        await self.database.prepare([_TABLE])

    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        # The row is there, marked as deleted: its token is updated, and the mark stays.
        stuck = await self.database.query(
            'SELECT 1 FROM deleted WHERE "type" = ? AND "deviceId" = ?', push_type, device_id
        )
        if not stuck:
            await super().subscribe(owner, push_type, device_id, token)

    async def unsubscribe(self, owner: str, push_type: str, device_id: str) -> int:
        removed = await super().unsubscribe(owner, push_type, device_id)
        if removed:
            await self.database.execute(
                'INSERT INTO deleted ("type", "deviceId") VALUES (?, ?) ON CONFLICT DO NOTHING', push_type, device_id
            )
        return removed


BUG = Bug(
    name="soft-delete-stuck",
    description="Marks what was unsubscribed as deleted, and subscribing again does not take the mark away.",
    shows=("missing_device",),
    store=_SoftDeleteStuck,
    options=("--scenario", "shared_device", "--scenario", "app_launch"),
    scenario="web_push",
)
