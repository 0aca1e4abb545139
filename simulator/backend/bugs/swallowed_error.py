from collections.abc import Callable
from time import time
from typing import Final

from simulator.backend.bug import Bug, Share
from simulator.backend.database import Database, DatabaseError
from simulator.backend.policy import DEFAULT, Policy
from simulator.backend.store import Store

_SHARE: Final = 0.03


class _SwallowedError(Store):
    def __init__(self, database: Database, clock: Callable[[], float] = time, policy: Policy = DEFAULT) -> None:
        super().__init__(database, clock, policy)
        self._share = Share("swallowed-error", _SHARE)

    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        try:
            if self._share.hit():
                raise DatabaseError("the write failed")  # noqa: TRY301 - it stands for the database
            await super().subscribe(owner, push_type, device_id, token)
        except DatabaseError:
            return


BUG = Bug(
    name="swallowed-error",
    description="Three in a hundred subscribes fail in the database, and are answered as if they had not.",
    shows=("missing_device", "lost_update"),
    store=_SwallowedError,
    options=("--devices", "200", "--scenario", "first_install=3", "--scenario", "token_rotation=2"),
    scenario="token_rotation",
)
