"""The backend's application without a server around it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson

from simulator.backend import BUGS, Durability
from simulator.backend.authentication import Keys
from simulator.backend.database import Database
from simulator.backend.parts import Parts
from simulator.backend.policy import DEFAULT, Policy
from simulator.backend.pusher import Payload
from simulator.backend.reply import Refused, Reply
from simulator.backend.server import CORRECT
from simulator.backend.stores import StoreSpec

Answer = tuple[int, dict[str, Any]]
JSON = {"content-type": "application/json; charset=utf-8"}
PLATFORM = {"im-api-key": "api key"}


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Noting:
    """A pusher that delivers nothing and notes what it was asked for: people, payload, whether VoIP tokens too."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[str], Payload, bool]] = []
        self.spared: list[set[tuple[str, str]]] = []  # (clientId, deviceId), by push
        self.refuses: Reply | None = None

    async def push(
        self,
        clients: Sequence[str],
        payload: Payload,
        *,
        except_devices: Collection[tuple[str, str]] = (),
        calls: bool = True,
    ) -> int:
        if self.refuses is not None:
            raise Refused(self.refuses)
        self.asked.append((list(clients), payload, calls))
        self.spared.append(set(except_devices))
        return len(self.asked)

    async def entry(self, push_id: int) -> dict[str, Any] | None:
        return {"_id": push_id} if 0 < push_id <= len(self.asked) else None

    async def close(self) -> None:
        pass


class Local:
    """Calls an application as people do, and looks into its database."""

    def __init__(
        self, database: Database, clock: Clock, *, bug: str | None = None, policy: Policy = DEFAULT, api_limit: int = 0
    ) -> None:
        which = BUGS[bug] if bug else CORRECT
        self.clock = clock
        self.tokens = which.tokens("secret", clock=clock)
        self.database = database
        self.store = which.store(database, clock, policy)
        self.pusher = Noting()
        self.parts = Parts.of(self.store, Keys("client key", "api key"), self.tokens, self.pusher, api_limit=api_limit)
        self.app = which.app(self.parts)

    async def reply(
        self, path: str, body: object, headers: dict[str, str] | None = None, method: str = "POST"
    ) -> Reply:
        """The answer to a request whose body is bytes, or else JSON."""
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        return await self.app.handle(method, path, {**JSON, **(headers or {})}, raw)

    async def call(
        self, path: str, body: object, headers: dict[str, str] | None = None, method: str = "POST"
    ) -> Answer:
        """As `reply`, the status and what the answer's JSON says."""
        answer = await self.reply(path, body, headers, method)
        return answer.status, orjson.loads(answer.body)

    def person(self, name: str) -> dict[str, str]:
        return {"im-client-key": "client key", "im-authorization": self.tokens.issue(name).token}

    async def subscribe(self, person: str, push_type: str, device: str, token: str) -> Answer:
        body = {"type": push_type, "token": token, "deviceId": device}
        return await self.call("/me/subscribe", body, self.person(person))

    async def unsubscribe(self, person: str, push_type: str, device: str) -> Answer:
        return await self.call("/me/unsubscribe", {"type": push_type, "deviceId": device}, self.person(person))

    async def reached(self, *people: str) -> list[str]:
        """The tokens that a push to these people goes to, in order."""
        return sorted(one.token for one in await self.store.subscriptions_of(people))

    async def rows(self) -> list[tuple[str, str, str, str]]:
        """(type, deviceId, clientId, token) of every subscription, in order."""
        found = await self.database.query('SELECT "type", "deviceId", "clientId", "token" FROM subscriptions')
        return sorted((str(row[0]), str(row[1]), str(row[2]), str(row[3])) for row in found)


@asynccontextmanager
async def opened(
    store: str | Path, bug: str | None = None, *, policy: Policy = DEFAULT, api_limit: int = 0
) -> AsyncIterator[Local]:
    """An application on the database that `store` names as --store does, at noon on an arbitrary day."""
    database = await StoreSpec.parse(str(store)).open(Durability.KILL)
    local = Local(database, Clock(1_800_000_000.0), bug=bug, policy=policy, api_limit=api_limit)
    try:
        await local.store.prepare()
        yield local
    finally:
        await local.store.close()


def play(
    store: str | Path,
    bug: str | None,
    scene: Callable[[Local], Awaitable[object]],
    *,
    policy: Policy = DEFAULT,
    api_limit: int = 0,
) -> list[tuple[str, str, str, str]]:
    """What the database that `store` names holds after this scene."""

    async def run() -> list[tuple[str, str, str, str]]:
        async with opened(store, bug, policy=policy, api_limit=api_limit) as local:
            await scene(local)
            return await local.rows()

    return asyncio.run(run())
