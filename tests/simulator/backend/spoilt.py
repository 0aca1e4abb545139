"""Requests that are in order, and all that can be wrong with them."""

import copy
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.simulator.backend.local import PLATFORM, Local

TABLES = (
    *("subscriptions", "clients", "silenced", "revocations", "bindings", "rooms", "members", "mutes", "messages"),
    "sockets",
)
ANN = "ann"  # who calls, where it is a person


class Call(NamedTuple):
    """A request that is in order: what it needs is in `required`, what it may have in `optional`."""

    path: str
    caller: str
    required: dict[str, Any]
    optional: dict[str, Any]
    method: str = "POST"

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


SLOT = {"type": "ios", "deviceId": "d"}
ROOM = {"_id": "new", "name": "N", "cover": "c", "description": "d", "roomType": "group", "systemMessage": True}
SAID = {"message": "Hi", "messageType": "text"}
PERSON = {"nickname": "Ann!", "avatarUrl": "https://x/y", "issueAccessToken": False}
OWN = {"token": "own", "expirationDate": "2027-02-01"}
CALLS = [
    Call("/me/subscribe", ANN, {**SLOT, "token": "t9"}, {"clientId": "bob"}),
    Call("/me/subscribe", "platform", {**SLOT, "token": "t9", "clientId": "ann"}, {}),
    Call("/me/unsubscribe", ANN, SLOT, {"clientId": "bob"}),
    Call("/me/unsubscribe", "platform", {**SLOT, "clientId": "ann"}, {}),
    Call("/push/push2clients", "platform", {"clients": ["ann"], "payload": {"alert": "Hello"}}, {}),
    Call("/admin/clients", "platform", {"_id": "ann"}, {**PERSON, **OWN}),
    Call("/admin/clients/ann/token", "platform", {"token": "own"}, {"expirationDate": "2027-02-01"}, "PUT"),
    Call("/admin/clients/ann/token", "platform", {}, {"token": "bound"}, "DELETE"),
    Call("/rooms", "platform", {}, {**ROOM, "members": ["ann"]}),
    Call("/rooms/createAndJoin", ANN, {}, {**ROOM, "invitee": ["bob"]}),
    Call("/rooms/r/join", "cleo", {}, {"systemMessage": True}),
    Call("/rooms/r/members", ANN, {"invitees": ["cleo"]}, {"systemMessage": True}),
    Call("/rooms/r/delete/members", ANN, {"members": ["bob"]}, {"systemMessage": True}),
    Call("/rooms/r/lastRead", ANN, {"message": "the message"}, {}, "PUT"),
    Call("/messages", ANN, {"room": "r", **SAID}, {"sender": "bob", "push": True}),
    Call("/messages", "platform", {"room": "r", **SAID, "sender": "ann"}, {"push": True}),
    Call("/messages/batch", ANN, {**SAID, "paras": [{"room": "r"}, {"receiver": "bob"}]}, {"push": True}),
]
NO_BODY = {
    "/me/logout",
    "/me/badge",
    "/me/mute/{room}",
    "/me/notification/enable",
    "/me/notification/disable",
    "/admin/pushes/{push}",
    "/openapi.json",
    "/socket",
}
FLAGS = {"issueAccessToken", "systemMessage", "push"}
LISTS = {"members", "invitees", "invitee", "paras", "clients"}
BODIES = [
    b"{",
    b'{"type":"ios"',
    b"[1]",
    b'"text"',
    b"null",
    b"7",
    b"NaN",
    b"\xff\xfe",
    b'{"type":"\xff"}',
    b'{"type":"\\ud800"}',
    b"[" * 100_000,
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    b'{"a":1}{"b":2}',
    b'\xef\xbb\xbf{"a":1}',
]
FORM = "multipart/form-data; boundary=x"
TYPES = ["text/plain", "application/x-www-form-urlencoded", FORM, "application/json5", "json", "", "?"]


PAYLOADS = [
    {"alert": 7},
    {"alert": {"loc-args": []}},
    {"alert": {"loc-key": "k", "loc-args": [7]}},
    {"alert": "a" * 2**20},
    {"title": ["a"]},
    {"badge": "1"},
    {"badge": -1},
    {"expiry": 1.5},
    {"expiry": 2**31},
]


def _wrong(name: str) -> Iterator[object]:
    """Values that cannot be for a parameter of this name."""
    yield from (7, 1.5, [7], [["a"]], [{"room": 7}], [None])
    if name == "payload":
        yield from (True, False, "ios", *PAYLOADS)
        return
    yield from ({}, {"a": {"b": {"c": ["d"]}}})
    if name in FLAGS:
        yield from ("true", "", "no", [True])
    else:
        yield from (True, False, ["a\0b"] if name in LISTS else "a\0b")
        yield ["a" * 2**20] if name in LISTS else "a" * 2**20
        yield "ios" if name in LISTS - {"invitee"} else {"$ref": "#"}


def worse(call: Call) -> Iterator[bytes]:
    """Bodies that have something wrong with one field each, in the fields' order."""
    good = {**call.optional, **call.required}
    for name in good:
        body = copy.deepcopy(good)
        for wrong in _wrong(name):
            body[name] = wrong
            yield json.dumps(body).encode()
        if name in call.required:
            nothing: list[object] = [None, "", []] if name in LISTS else [None, ""]
            for missing in nothing:
                body[name] = missing
                yield json.dumps(body).encode()
            del body[name]
            yield json.dumps(body).encode()


async def furnish(local: Local) -> None:
    for name in ("ann", "bob", "cleo"):
        await local.call("/admin/clients", {"_id": name, "nickname": name.title()}, PLATFORM)
    await local.call("/admin/clients/ann/token", {"token": "bound"}, PLATFORM, "PUT")
    await local.subscribe("ann", "ios", "d", "t1")
    await local.call("/rooms", {"_id": "r", "members": ["ann", "bob"]}, PLATFORM)
    await local.call("/me/mute/r", {}, local.person("bob"))
    await local.call("/me/notification/disable", {}, local.person("bob"))
    await local.call("/admin/clients/bob/token", {}, PLATFORM, "DELETE")
    await local.database.execute("INSERT INTO messages VALUES ('the message', 'r', 1, 'bob', 'text', 'Hi', 0)")


async def rows(local: Local) -> dict[str, list[tuple[Any, ...]]]:
    everything = {table: f"SELECT * FROM {table}" for table in TABLES}  # noqa: S608 - our own names
    return {table: sorted(await local.database.query(sql), key=str) for table, sql in everything.items()}


async def refuse(local: Local, call: Call, body: bytes, headers: dict[str, str] | None = None) -> None:
    who = PLATFORM if call.caller == "platform" else local.person(call.caller)
    answer = await local.reply(call.path, body, {**who, **(headers or {})}, call.method)
    said = json.loads(answer.body)
    told = f"{call} of {body[:300]!r} with {headers} was answered {answer.status} {answer.body[:300]!r}"
    assert 400 <= answer.status < 500, told
    assert said.keys() == {"RC", "RM", "error"}, told
    assert said["RC"] == answer.status, told
    assert said["error"].keys() == {"code", "message"}, told
    assert len(answer.body) < 1000, told
