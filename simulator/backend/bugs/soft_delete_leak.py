from collections.abc import Sequence
from typing import Final

from simulator.backend.bug import Bug
from simulator.backend.pusher import Subscription
from simulator.backend.store import Store
from simulator.backend.tables.many import places
from simulator.backend.upsert import COLUMNS, names

_TABLE: Final = (
    'CREATE TABLE IF NOT EXISTS deleted ("type" TEXT NOT NULL, "deviceId" TEXT NOT NULL,'
    ' "clientId" TEXT NOT NULL, "token" TEXT NOT NULL, "updated_at" BIGINT NOT NULL)'
)


class _SoftDeleteLeak(Store):
    async def prepare(self) -> None:
        await super().prepare()
        await self.database.prepare([_TABLE])

    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        await self.database.execute('DELETE FROM deleted WHERE "type" = ? AND "deviceId" = ?', push_type, device_id)
        await super().subscribe(owner, push_type, device_id, token)

    async def unsubscribe(self, owner: str, push_type: str, device_id: str) -> int:
        await self.database.execute(
            f"INSERT INTO deleted ({names(COLUMNS)}) SELECT {names(COLUMNS)} FROM subscriptions"  # noqa: S608 - our own names
            ' WHERE "type" = ? AND "deviceId" = ? AND "clientId" = ?',
            push_type,
            device_id,
            owner,
        )
        return await super().unsubscribe(owner, push_type, device_id)

    async def subscriptions_of(self, clients: Sequence[str]) -> list[Subscription]:
        rows = await self.database.query(
            f'SELECT {names(COLUMNS)} FROM deleted WHERE "clientId" IN ({places(clients)})',  # noqa: S608 - our own names
            *clients,
        )
        return [*await super().subscriptions_of(clients), *(Subscription(*row) for row in rows)]


BUG = Bug(
    name="soft-delete-leak",
    description="Marks what was unsubscribed as deleted, and pushes to it all the same.",
    shows=("resurrected_token",),
    store=_SoftDeleteLeak,
    options=("--readback", "push?share=0.5", "--scenario", "phone_switch", "--scenario", "app_launch"),
    scenario="logout_login",
)
