import asyncio
from collections.abc import Callable
from time import time
from typing import Final

from simulator.backend.bug import Bug
from simulator.backend.database import Database
from simulator.backend.policy import DEFAULT, Policy
from simulator.backend.store import Store

_LATER_SECONDS: Final = 0.5


class _AckBeforeWrite(Store):
    def __init__(self, database: Database, clock: Callable[[], float] = time, policy: Policy = DEFAULT) -> None:
        super().__init__(database, clock, policy)
        self._acknowledged: dict[tuple[str, str], tuple[str, str]] = {}
        self._writing: asyncio.Task[None] | None = None

    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        self._acknowledged[push_type, device_id] = str(owner), token
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_later())

    async def unsubscribe(self, owner: str, push_type: str, device_id: str) -> int:
        await self._write()
        return await super().unsubscribe(owner, push_type, device_id)

    async def close(self) -> None:
        await self._write()
        await super().close()

    async def _write_later(self) -> None:
        await asyncio.sleep(_LATER_SECONDS)
        await self._write()

    async def _write(self) -> None:
        batch, self._acknowledged = self._acknowledged, {}
        await asyncio.gather(
            *(super(type(self), self).subscribe(owner, *slot, token) for slot, (owner, token) in batch.items())
        )


BUG = Bug(
    name="ack-before-write",
    description="Acknowledges a subscribe, and writes it half a second later, if it lives so long.",
    shows=("lost_update", "missing_device"),
    store=_AckBeforeWrite,
    options=(
        *("--devices", "1000", "--run-time", "8s", "--backend-fault", "kill=1s", "--gate", "errors < 90%"),
        *("--scenario", "first_install", "--scenario", "token_rotation"),
    ),
)
