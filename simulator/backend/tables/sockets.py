"""Which devices have a live socket, so that all processes of a backend know it."""

import asyncio
import contextlib
import itertools
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

from simulator.backend.database import Database, DatabaseError
from simulator.backend.tables.many import in_parts, places

TABLES: Final = (
    (
        'CREATE TABLE IF NOT EXISTS sockets ("process" TEXT NOT NULL, "number" BIGINT NOT NULL,'
        ' "clientId" TEXT NOT NULL, "deviceId" TEXT NOT NULL, "until" BIGINT NOT NULL,'  # ms since 1970
        ' PRIMARY KEY ("process", "number"))'
    ),
    'CREATE INDEX IF NOT EXISTS sockets_client ON sockets ("clientId")',
)
_LEASE_SECONDS: Final = 10.0  # for which a socket is believed to be live when its process is heard of no more
_RENEWED_EVERY: Final = 3.0  # seconds


class Sockets:
    """The table of live sockets. Its methods raise DatabaseError if the database does.

    A process renews what it has there, for rows of a killed one lapse by themselves: a socket that is believed to be
    live for too long costs pushes. `clock` gives seconds since 1970 (UTC).
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._process = secrets.token_hex(8)  # not its pid, which another one may have later
        self._numbers = itertools.count()
        self._live: set[int] = set()
        self._renewing: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def live(self, client_id: str, device_id: str) -> AsyncIterator[None]:
        """A client's device has a live socket until the context ends."""
        number = next(self._numbers)
        await self._database.execute(
            'INSERT INTO sockets ("process", "number", "clientId", "deviceId", "until") VALUES (?, ?, ?, ?, ?)',
            self._process,
            number,
            client_id,
            device_id,
            self._until(),
        )
        self._live.add(number)
        if self._renewing is None:
            self._renewing = asyncio.create_task(self._renew())
        try:
            yield
        finally:
            self._live.discard(number)
            await self._database.execute(
                'DELETE FROM sockets WHERE "process" = ? AND "number" = ?', self._process, number
            )

    async def devices_of(self, clients: Sequence[str]) -> set[tuple[str, str]]:
        """The devices of these clients that have a live socket, each with its client."""
        found: set[tuple[str, str]] = set()
        for part in in_parts(clients):
            rows = await self._database.query(
                f'SELECT "clientId", "deviceId" FROM sockets WHERE "clientId" IN ({places(part)}) AND "until" > ?',  # noqa: S608 - our own names
                *part,
                self._now(),
            )
            found.update((client, device) for client, device in rows)
        return found

    async def close(self) -> None:
        """No socket of this process is live any more."""
        if self._renewing is not None:
            self._renewing.cancel()
            self._renewing = None
            await self._database.execute('DELETE FROM sockets WHERE "process" = ?', self._process)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEWED_EVERY)
            if not self._live:
                continue
            # A database that is away is asked again; what lapses meanwhile is pushed to, which loses nothing.
            with contextlib.suppress(DatabaseError):
                await self._database.execute(
                    'UPDATE sockets SET "until" = ? WHERE "process" = ?', self._until(), self._process
                )

    def _until(self) -> int:
        return self._now() + int(_LEASE_SECONDS * 1000)

    def _now(self) -> int:
        return int(self._clock() * 1000)
