"""People in rooms: what tests of rooms and of messages share."""

from typing import Any

from simulator.backend.pusher import Payload
from tests.simulator.backend.local import PLATFORM, Answer, Local

ANN = {"_id": "ann", "id": "ann", "nickname": "Ann"}
BOB = {"_id": "bob", "id": "bob", "nickname": "Bob"}
CLEO = {"_id": "cleo", "id": "cleo"}
NOW = 1_800_000_000_000  # ms, where tests stand


def refusal(status: int, reason: str, code: str, message: str) -> Answer:
    return status, {"RC": status, "RM": reason, "error": {"code": code, "message": message}}


NO_ROOM = refusal(404, "Not Found", "ROOM_NOT_FOUND", "The specified room does not exist")
DENIED = refusal(403, "Forbidden", "PERMISSION_DENIED", "Only members of the room may do this")
NO_CLIENT = refusal(404, "Not Found", "CLIENT_NOT_FOUND", "Client not found")


async def people(local: Local) -> None:
    await local.parts.clients.add("ann", "Ann", None)
    await local.parts.clients.add("bob", "Bob", None)
    await local.parts.clients.add("cleo", None, None)


async def furnished(local: Local, *members: str) -> None:
    """Three people, and a room that these are in."""
    await people(local)
    await done(local, "/rooms", {"_id": "r", "name": "R", "members": list(members)}, PLATFORM)


async def done(
    local: Local, path: str, body: dict[str, Any], headers: dict[str, str], method: str = "POST"
) -> dict[str, Any]:
    """The result of a call that must succeed."""
    status, answer = await local.call(path, body, headers, method)
    assert (status, answer["RC"], answer["RM"]) == (200, 0, "OK"), answer
    return dict(answer["result"])


async def say(local: Local, who: str, text: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON has
    said = {"room": "r", "message": text, "messageType": "text", **more}
    return await done(local, "/messages", said, local.person(who))


async def badge(local: Local, who: str) -> int:
    return int((await done(local, "/me/badge", {}, local.person(who), "GET"))["badge"])


def told(local: Local) -> list[tuple[list[str], str, list[str]]]:
    """Who was pushed to, under which key, with which arguments; never on VoIP tokens."""
    assert not any(local.pusher.spared)
    found = []
    for clients, payload, calls in local.pusher.asked:
        assert isinstance(payload.alert, dict)
        assert payload == Payload(alert=payload.alert)
        assert not calls
        found.append((clients, payload.alert["loc-key"], payload.alert["loc-args"]))
    return found
