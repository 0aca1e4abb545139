from simulator.backend.bug import Bug
from simulator.backend.store import Store


class _UnsubscribeAll(Store):
    async def unsubscribe(self, owner: str, push_type: str, device_id: str) -> int:  # noqa: ARG002 - that is the bug
        removed = await self.database.execute('DELETE FROM subscriptions WHERE "clientId" = ?', owner)
        return removed.changed


BUG = Bug(
    name="unsubscribe-all",
    description="Unsubscribing one device removes every subscription of the person.",
    shows=("missing_device",),
    store=_UnsubscribeAll,
    scenario="phone_switch",
)
