from collections.abc import Callable
from time import time
from typing import Final

from simulator.backend.bug import Bug, Share
from simulator.backend.database import Database
from simulator.backend.policy import DEFAULT, Policy
from simulator.backend.store import Store

_SHARE: Final = 0.03


class _MixedAuth(Store):
    def __init__(self, database: Database, clock: Callable[[], float] = time, policy: Policy = DEFAULT) -> None:
        super().__init__(database, clock, policy)
        self._share = Share("mixed-auth", _SHARE)
        self._last = ""

    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        # A connection that is used again is the same to the application server, whoever is behind it now.
        mixed_up, self._last = self._last or owner, str(owner)
        await super().subscribe(mixed_up if self._share.hit() else owner, push_type, device_id, token)


BUG = Bug(
    name="mixed-auth",
    description="Takes three in a hundred requests on a reused connection for its previous caller's.",
    shows=("cross_user_leak",),
    store=_MixedAuth,
    options=("--readback", "push?share=0.5"),
    scenario="backend_registration",
)
