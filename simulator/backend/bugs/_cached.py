"""What bugs with a stale cache have in common: the cache, and what a sound one does about changed owners."""

from collections.abc import Callable, Sequence
from time import time

from simulator.backend.database import Database
from simulator.backend.policy import DEFAULT, Policy
from simulator.backend.pusher import Subscription
from simulator.backend.store import Store


class Cached(Store):
    """Pushes to what it remembers of a person, until it is told to forget."""

    def __init__(self, database: Database, clock: Callable[[], float] = time, policy: Policy = DEFAULT) -> None:
        super().__init__(database, clock, policy)
        self._cache: dict[str, list[Subscription]] = {}

    def holds(self, owner: str, push_type: str, device_id: str) -> bool:
        """Whether this subscription is remembered."""
        return any((one.type, one.device_id) == (push_type, device_id) for one in self._cache.get(owner, ()))

    def forget(self, owner: str, device_id: str | None = None) -> None:
        """Forget a person, and whoever had this device before."""
        for client, held in list(self._cache.items()):
            if client == owner or any(one.device_id == device_id for one in held):
                del self._cache[client]

    async def subscriptions_of(self, clients: Sequence[str]) -> list[Subscription]:
        """As far as they are remembered."""
        for client in clients:
            if client not in self._cache:
                self._cache[client] = await super().subscriptions_of([client])
        return [one for client in clients for one in self._cache.get(client, ())]
