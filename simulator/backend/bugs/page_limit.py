from collections.abc import Sequence
from typing import Final

from simulator.backend.bug import Bug
from simulator.backend.pusher import Subscription
from simulator.backend.store import Store

_PAGE: Final = 10


class _PageLimit(Store):
    async def subscriptions_of(self, clients: Sequence[str]) -> list[Subscription]:
        found = await super().subscriptions_of(clients)
        return sorted(found, key=lambda one: one.updated_at, reverse=True)[:_PAGE]


BUG = Bug(
    name="page-limit",
    description="Pushes to the ten newest subscriptions alone, the first page of them.",
    shows=("missing_device",),
    store=_PageLimit,
    # Phones that are lost in a switch stay registered: people with more than ten are soon found.
    options=("--devices", "10", "--readback", "push?share=1", "--scenario", "phone_switch"),
    scenario="multi_device",
)
