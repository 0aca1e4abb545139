from simulator.backend.bug import Bug
from simulator.backend.store import Store


class _UnsubscribeAnyOwner(Store):
    async def unsubscribe(self, owner: str, push_type: str, device_id: str) -> int:  # noqa: ARG002 - that is the bug
        removed = await self.database.execute(
            'DELETE FROM subscriptions WHERE "type" = ? AND "deviceId" = ?', push_type, device_id
        )
        return removed.changed


BUG = Bug(
    name="unsubscribe-any-owner",
    description="A former owner's late unsubscribe removes what the new owner of the device has registered.",
    shows=("missing_device",),
    store=_UnsubscribeAnyOwner,
    options=("--scenario", "shared_device"),
    scenario="shared_device",
)
