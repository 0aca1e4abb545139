from collections.abc import Callable, Sequence
from time import time

from simulator.backend.bug import Bug
from simulator.backend.database import Database
from simulator.backend.policy import DEFAULT, Policy
from simulator.backend.pusher import Subscription
from simulator.backend.store import Store


class _CacheUpdate(Store):
    def __init__(self, database: Database, clock: Callable[[], float] = time, policy: Policy = DEFAULT) -> None:
        super().__init__(database, clock, policy)
        self._cache: dict[str, list[Subscription]] = {}

    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        await super().subscribe(owner, push_type, device_id, token)
        known = (one for one in self._cache.get(owner, ()) if (one.type, one.device_id) == (push_type, device_id))
        if next(known, None) is None:
            self._forget(owner, device_id)

    async def unsubscribe(self, owner: str, push_type: str, device_id: str) -> int:
        removed = await super().unsubscribe(owner, push_type, device_id)
        self._cache.pop(owner, None)
        return removed

    def _forget(self, owner: str, device_id: str) -> None:
        """Whoever had the device before has it no more."""
        for client, held in list(self._cache.items()):
            if client == owner or any(one.device_id == device_id for one in held):
                del self._cache[client]

    async def subscriptions_of(self, clients: Sequence[str]) -> list[Subscription]:
        for client in clients:
            if client not in self._cache:
                self._cache[client] = await super().subscriptions_of([client])
        return [one for client in clients for one in self._cache.get(client, ())]


BUG = Bug(
    name="cache-update",
    description="Pushes to a cache that an update of a known device does not invalidate.",
    shows=("stale_push",),
    store=_CacheUpdate,
    options=("--devices", "50", "--readback", "push?share=1", "--scenario", "token_rotation"),
)
