from collections.abc import Callable, Sequence
from time import time

from simulator.backend.bug import Bug
from simulator.backend.database import Database
from simulator.backend.policy import DEFAULT, Policy
from simulator.backend.pusher import Subscription
from simulator.backend.store import Store


class _CacheUnsubscribe(Store):
    def __init__(self, database: Database, clock: Callable[[], float] = time, policy: Policy = DEFAULT) -> None:
        super().__init__(database, clock, policy)
        self._cache: dict[str, list[Subscription]] = {}

    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        await super().subscribe(owner, push_type, device_id, token)
        self._forget(owner, device_id)

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
    name="cache-unsubscribe",
    description="Pushes to a cache that an unsubscribe does not invalidate.",
    shows=("resurrected_token",),
    store=_CacheUnsubscribe,
    options=("--devices", "50", "--readback", "push?share=1", "--scenario", "logout_login"),
)
