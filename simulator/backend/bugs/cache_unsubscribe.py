from simulator.backend.bug import Bug
from simulator.backend.bugs._cached import Cached


class _CacheUnsubscribe(Cached):
    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        await super().subscribe(owner, push_type, device_id, token)
        self.forget(owner, device_id)


BUG = Bug(
    name="cache-unsubscribe",
    description="Pushes to a cache that an unsubscribe does not invalidate.",
    shows=("resurrected_token",),
    store=_CacheUnsubscribe,
    options=("--devices", "50", "--readback", "push?share=1", "--scenario", "logout_login"),
    scenario="logout_login",
)
