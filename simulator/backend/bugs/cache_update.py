from simulator.backend.bug import Bug
from simulator.backend.bugs._cached import Cached


class _CacheUpdate(Cached):
    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        await super().subscribe(owner, push_type, device_id, token)
        if not self.holds(owner, push_type, device_id):
            self.forget(owner, device_id)

    async def unsubscribe(self, owner: str, push_type: str, device_id: str) -> int:
        removed = await super().unsubscribe(owner, push_type, device_id)
        self.forget(owner)
        return removed


BUG = Bug(
    name="cache-update",
    description="Pushes to a cache that an update of a known device does not invalidate.",
    shows=("stale_push",),
    store=_CacheUpdate,
    options=("--devices", "50", "--readback", "push?share=1", "--scenario", "token_rotation"),
    scenario="clear_data",
)
