"""The backend's application without a server around it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson

from simulator.backend import BUGS, Durability
from simulator.backend.authentication import Authentication, Keys
from simulator.backend.client_tokens import ClientTokens
from simulator.backend.database import Database
from simulator.backend.server import CORRECT
from simulator.backend.stores import StoreSpec

Answer = tuple[int, dict[str, Any]]


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Local:
    """Calls an application as people do, and looks into its database."""

    def __init__(self, database: Database, bug: str | None, clock: Clock) -> None:
        which = BUGS[bug] if bug else CORRECT
        self.clock = clock
        self.tokens = ClientTokens("secret", clock=clock)
        self.database = database
        self.store = which.store(database, clock)
        self.app = which.app(self.store, Authentication(Keys("client key", "api key"), self.tokens), self.tokens)

    async def call(
        self, path: str, body: object, headers: dict[str, str] | None = None, method: str = "POST"
    ) -> Answer:
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        answer = await self.app.handle(method, path, headers or {}, raw)
        return answer.status, orjson.loads(answer.body)

    def person(self, name: str) -> dict[str, str]:
        return {"im-client-key": "client key", "im-authorization": self.tokens.issue(name).token}

    async def subscribe(self, person: str, push_type: str, device: str, token: str) -> Answer:
        body = {"type": push_type, "token": token, "deviceId": device}
        return await self.call("/me/subscribe", body, self.person(person))

    async def unsubscribe(self, person: str, push_type: str, device: str) -> Answer:
        return await self.call("/me/unsubscribe", {"type": push_type, "deviceId": device}, self.person(person))

    async def rows(self) -> list[tuple[str, str, str, str]]:
        """(type, deviceId, clientId, token) of every subscription, in order."""
        found = await self.database.query('SELECT "type", "deviceId", "clientId", "token" FROM subscriptions')
        return sorted((str(row[0]), str(row[1]), str(row[2]), str(row[3])) for row in found)


@asynccontextmanager
async def opened(store: str | Path, bug: str | None = None) -> AsyncIterator[Local]:
    """An application on the database that `store` names as --store does, at noon on an arbitrary day."""
    database = await StoreSpec.parse(str(store)).open(Durability.KILL)
    local = Local(database, bug, Clock(1_800_000_000.0))
    try:
        await local.store.prepare()
        yield local
    finally:
        await database.close()


def play(
    store: str | Path, bug: str | None, scene: Callable[[Local], Awaitable[object]]
) -> list[tuple[str, str, str, str]]:
    """What the database that `store` names holds after this scene."""

    async def run() -> list[tuple[str, str, str, str]]:
        async with opened(store, bug) as local:
            await scene(local)
            return await local.rows()

    return asyncio.run(run())
