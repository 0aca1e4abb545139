from simulator.backend.bug import Bug
from simulator.backend.store import Store


class _UnsubscribeOneRow(Store):
    key = ("token",)

    async def unsubscribe(self, owner: str, push_type: str, device_id: str) -> int:
        removed = await self.database.execute(
            'DELETE FROM subscriptions WHERE "token" = (SELECT "token" FROM subscriptions WHERE "type" = ?'
            ' AND "deviceId" = ? AND "clientId" = ? ORDER BY "updated_at" DESC LIMIT 1)',
            push_type,
            device_id,
            owner,
        )
        return removed.changed


BUG = Bug(
    name="unsubscribe-one-row",
    description="Keeps a row for each token of a device, and unsubscribing removes the newest one alone.",
    shows=("resurrected_token", "duplicate_subscription"),
    store=_UnsubscribeOneRow,
    options=("--scenario", "phone_switch=2", "--scenario", "token_rotation"),
    scenario="restore_backup",
)
