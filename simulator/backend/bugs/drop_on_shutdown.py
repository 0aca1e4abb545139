import asyncio
from collections.abc import Callable
from time import time
from typing import Final

from simulator.backend.bug import Bug
from simulator.backend.database import Database
from simulator.backend.policy import DEFAULT, Policy
from simulator.backend.store import Store

_BATCH: Final = 500
_LONGEST_SECONDS: Final = 0.3  # well within what lies between two restarts: else nothing is ever written, and so lost


class _DropOnShutdown(Store):
    def __init__(self, database: Database, clock: Callable[[], float] = time, policy: Policy = DEFAULT) -> None:
        super().__init__(database, clock, policy)
        self._batch: dict[tuple[str, str], tuple[str, str]] = {}
        self._timer: asyncio.Task[None] | None = None

    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        self._batch[push_type, device_id] = str(owner), token
        if len(self._batch) >= _BATCH:
            await self._write()
        elif self._timer is None or self._timer.done():
            self._timer = asyncio.create_task(self._write_in_time())

    async def unsubscribe(self, owner: str, push_type: str, device_id: str) -> int:
        await self._write()
        return await super().unsubscribe(owner, push_type, device_id)

    async def close(self) -> None:
        self._batch = {}
        await super().close()

    async def _write_in_time(self) -> None:
        await asyncio.sleep(_LONGEST_SECONDS)
        await self._write()

    async def _write(self) -> None:
        batch, self._batch = self._batch, {}
        await asyncio.gather(
            *(super(type(self), self).subscribe(owner, *slot, token) for slot, (owner, token) in batch.items())
        )


BUG = Bug(
    name="drop-on-shutdown",
    description="Writes in batches, and drops the last one when it is ended politely.",
    shows=("lost_update", "missing_device"),
    store=_DropOnShutdown,
    options=(
        *("--devices", "1000", "--run-time", "8s", "--backend-fault", "restart=1s", "--gate", "errors < 90%"),
        *("--scenario", "first_install", "--scenario", "token_rotation"),
    ),
)
