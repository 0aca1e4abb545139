import asyncio
from collections.abc import Sequence
from typing import Final

from simulator.backend.bug import Bug
from simulator.backend.pusher import Subscription
from simulator.backend.store import Store

_PAGE: Final = 2
_PAUSE_SECONDS: Final = 0.01  # between two pages


class _UnstablePage(Store):
    async def subscriptions_of(self, clients: Sequence[str]) -> list[Subscription]:
        chosen: list[Subscription] = []
        while True:
            found = await super().subscriptions_of(clients)
            # The newest come first, so that whatever is registered meanwhile moves all others on by a place.
            page = sorted(found, key=lambda one: one.updated_at, reverse=True)[len(chosen) : len(chosen) + _PAGE]
            chosen += page
            if len(page) < _PAGE:
                return chosen
            await asyncio.sleep(_PAUSE_SECONDS)


BUG = Bug(
    name="unstable-page",
    description="Pushes page by page in an order that registrations meanwhile change.",
    shows=("missing_device", "duplicate_delivery"),
    store=_UnstablePage,
    # What is registered meanwhile moves all others on by a place, and what is unsubscribed moves them back.
    options=(
        *("--devices", "20", "--rate", "100", "--run-time", "10s", "--readback", "push?share=1"),
        *("--scenario", "phone_switch", "--scenario", "app_launch=1", "--scenario", "logout_login"),
    ),
    scenario="multi_device",
)
