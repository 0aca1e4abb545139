import contextlib
import zlib
from collections.abc import Callable
from time import time
from typing import Final

from simulator.backend.bug import Bug
from simulator.backend.database import Database, DatabaseError
from simulator.backend.policy import DEFAULT, Policy
from simulator.backend.store import Store

_SHARDS: Final = (5, 4)  # how many there are, by turns: another number after each start
_COLUMN: Final = 'ALTER TABLE subscriptions ADD COLUMN "shard" BIGINT NOT NULL DEFAULT 0'
_TABLES: Final = (
    'CREATE TABLE IF NOT EXISTS starts ("id" BIGINT PRIMARY KEY, "n" BIGINT NOT NULL)',
    'CREATE UNIQUE INDEX IF NOT EXISTS subscriptions_shard ON subscriptions ("type", "deviceId", "shard")',
)


class _ShardRemap(Store):
    key = ()

    def __init__(self, database: Database, clock: Callable[[], float] = time, policy: Policy = DEFAULT) -> None:
        super().__init__(database, clock, policy)
        self._shards = _SHARDS[0]

    async def prepare(self) -> None:
        await super().prepare()
        with contextlib.suppress(DatabaseError):  # it is there
            await self.database.prepare([_COLUMN])
        await self.database.prepare(_TABLES)
        await self.database.execute(
            'INSERT INTO starts ("id", "n") VALUES (1, 0) ON CONFLICT ("id") DO UPDATE SET "n" = starts."n" + 1'
        )
        ((starts,),) = await self.database.query('SELECT "n" FROM starts')
        self._shards = _SHARDS[starts % len(_SHARDS)]
        # A shard that there is no more goes with all it holds, and what belongs elsewhere now stays where it was.
        await self.database.execute('DELETE FROM subscriptions WHERE "shard" >= ?', self._shards)

    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        await self.database.execute(
            'INSERT INTO subscriptions ("type", "deviceId", "clientId", "token", "updated_at", "shard")'
            ' VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT ("type", "deviceId", "shard") DO UPDATE SET'
            ' "clientId" = excluded."clientId", "token" = excluded."token", "updated_at" = excluded."updated_at"',
            push_type,
            device_id,
            owner,
            token,
            self._now(),
            zlib.crc32(device_id.encode()) % self._shards,
        )


BUG = Bug(
    name="shard-remap",
    description="Has another number of shards after each start, and moves nothing to where it belongs then.",
    shows=("missing_device", "duplicate_subscription"),
    store=_ShardRemap,
    options=(
        *("--devices", "300", "--run-time", "10s", "--backend-fault", "restart=1s", "--gate", "errors < 90%"),
        *("--scenario", "first_install", "--scenario", "token_rotation"),
    ),
)
