"""Tokens of both kinds, and every call that a person may make with one."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.simulator.backend.local import PLATFORM, Answer, Local, opened

REVOKED: Answer = (
    401,
    {"RC": 401, "RM": "Unauthorized", "error": {"code": "INVALID_TOKEN", "message": "Invalid or expired token"}},
)
OK: Answer = (200, {"RC": 0, "RM": "OK", "result": {}})
SLOT = {"type": "ios", "deviceId": "d"}
SUBSCRIBE = {**SLOT, "token": "t"}


def two_processes(store: str, scene: Callable[[Local, Local], Awaitable[object]]) -> None:
    """A scene with two backends over one store."""

    async def run() -> None:
        async with opened(store) as one, opened(store) as other:
            await scene(one, other)

    asyncio.run(run())


async def issued(local: Local, name: str) -> dict[str, str]:
    _, answer = await local.call("/admin/clients", {"_id": name, "issueAccessToken": True}, PLATFORM)
    return {"im-client-key": "client key", "im-authorization": answer["result"]["token"]}


async def bound(local: Local, name: str, token: str, **date: str) -> Answer:
    await local.call("/admin/clients", {"_id": name}, PLATFORM)
    return await local.call(f"/admin/clients/{name}/token", {"token": token, **date}, PLATFORM, "PUT")


def bearing(token: str) -> dict[str, str]:
    return {"im-client-key": "client key", "im-authorization": token}


CALLS = [
    ("POST", "/me/subscribe", SUBSCRIBE),
    ("POST", "/me/unsubscribe", SLOT),
    ("POST", "/me/logout", {}),
    ("GET", "/me/badge", {}),
    ("POST", "/me/mute/r", {}),
    ("POST", "/me/notification/disable", {}),
    ("POST", "/rooms/createAndJoin", {}),
    ("POST", "/rooms/r/members", {"invitees": ["ann"]}),
    ("POST", "/messages", {"room": "r", "message": "m", "messageType": "text"}),
    ("POST", "/me/subscribe", {}),  # whatever else is wrong with it
    ("POST", "/me/unsubscribe", {"type": "pigeon", "deviceId": "d"}),
]
