"""Whatever is wrong with a request, it is refused in the documented shape and no row changes."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.simulator.backend.local import PLATFORM, opened
from tests.simulator.backend.spoilt import BODIES, CALLS, NO_BODY, TABLES, TYPES, Call, furnish, refuse, rows, worse


def test_every_call_is_tried(tmp_path: Path) -> None:
    async def routes() -> set[str]:
        async with opened(tmp_path / "b.sqlite") as local:
            found = await local.database.query("SELECT name FROM sqlite_master WHERE type = 'table'")
            assert {name for (name,) in found} == {*TABLES, "limits"}
            return {f"{method} {path}" for path, methods in local.app.routes().items() for method in methods}

    tried = {str(call).replace("/ann/", "/{client}/").replace("/r/", "/{room}/") for call in CALLS}
    assert {route for route in asyncio.run(routes()) if route.split()[1] not in NO_BODY} == tried


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_a_field_that_cannot_be_is_refused_and_changes_nothing(store: str, call: Call) -> None:
    async def scene() -> None:
        async with opened(store) as local:
            await furnish(local)
            before = await rows(local)
            for body in worse(call):
                await refuse(local, call, body)
            assert await rows(local) == before
            assert local.pusher.asked == []

    asyncio.run(scene())


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_a_body_that_cannot_be_is_refused_and_changes_nothing(store: str, call: Call) -> None:
    good = json.dumps({**call.required, **call.optional}).encode()

    async def scene() -> None:
        async with opened(store) as local:
            await furnish(local)
            before = await rows(local)
            for body in (*BODIES, good[:-1], good[: len(good) // 2], good + b","):
                await refuse(local, call, body)
            for content_type in TYPES:
                await refuse(local, call, good, {"content-type": content_type})
            if call.required:
                await refuse(local, call, b"")
            assert await rows(local) == before
            assert local.pusher.asked == []

    asyncio.run(scene())


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_the_request_that_is_spoilt_above_is_in_order(store: str, call: Call) -> None:
    async def scene() -> None:
        async with opened(store) as local:
            await furnish(local)
            before = await rows(local)
            who = PLATFORM if call.caller == "platform" else local.person(call.caller)
            status, answer = await local.call(call.path, {**call.optional, **call.required}, who, call.method)
            assert (status, answer["RC"]) == (200, 0), answer
            assert await rows(local) != before or local.pusher.asked

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("POST", ""),
        ("POST", "/me"),
        ("POST", "/me/subscribe/x"),
        ("POST", "/ME/SUBSCRIBE"),
        ("DELETE", "/admin/clients//token"),
        ("DELETE", "/admin/clients/a\0b/token"),
        ("DELETE", f"/admin/clients/{'a' * 256}/token"),
        ("POST", "/rooms/\0/join"),
        ("POST", "/rooms//members"),
        ("GET", "/admin/pushes/" + "1" * 300),
    ],
)
def test_an_unknown_path_is_not_found(store: str, method: str, path: str) -> None:
    async def scene() -> None:
        async with opened(store) as local:
            await furnish(local)
            before = await rows(local)
            answer = await local.call(path, {}, PLATFORM, method)
            assert answer == (
                404,
                {"RC": 404, "RM": "Not Found", "error": {"code": "NOT_FOUND", "message": "No such path"}},
            )
            assert await rows(local) == before

    asyncio.run(scene())


def test_an_unknown_method_is_told_which_there_are(store: str) -> None:
    async def scene() -> None:
        async with opened(store) as local:
            for path, methods in local.app.routes().items():
                answer = await local.reply(path.replace("{", "").replace("}", ""), {}, PLATFORM, "PATCH")
                assert (answer.status, answer.headers) == (405, (("allow", ", ".join(methods)),))
                assert json.loads(answer.body)["error"]["code"] == "METHOD_NOT_ALLOWED"

    asyncio.run(scene())


def test_of_a_name_that_stands_twice_the_last_counts(store: str) -> None:
    async def scene() -> None:
        async with opened(store) as local:
            body = b'{"type":"ios","token":"first","token":"last","deviceId":7,"deviceId":"d"}'
            assert (await local.call("/me/subscribe", body, local.person("ann")))[0] == 200
            assert await local.rows() == [("ios", "d", "ann", "last")]

    asyncio.run(scene())


IDS = ["ü" * 255, "\U0001f4f1" * 255, " a  b ", "a/b/../c", "'\"\\;--", "%2F%00", "\r\n\t\x7f", "{room}", "0"]


@pytest.mark.parametrize("odd", IDS, ids=range(len(IDS)))
def test_odd_ids_work_everywhere(store: str, odd: str) -> None:
    async def scene() -> None:
        async with opened(store) as local:
            ann = local.person(odd)
            assert (await local.call("/admin/clients", {"_id": odd, "nickname": odd}, PLATFORM))[0] == 200
            assert (await local.call("/admin/clients", {"_id": "bob"}, PLATFORM))[0] == 200
            body = {"type": "fcm", "token": odd, "deviceId": odd}
            assert (await local.call("/me/subscribe", body, ann))[0] == 200
            assert await local.rows() == [("fcm", odd, odd, odd)]
            assert (await local.call("/rooms", {"_id": odd, "members": [odd, "bob"]}, PLATFORM))[0] == 200
            assert (await local.call(f"/me/mute/{odd}", {}, ann))[1]["result"]["mute"] == [odd]
            said = {"room": odd, "message": odd, "messageType": "text"}
            assert (await local.call("/messages", said, ann))[0] == 200
            assert [people for people, _, _ in local.pusher.asked] == [["bob"]]
            assert (await local.call(f"/rooms/{odd}/delete/members", {"members": [odd]}, ann))[0] == 200
            assert (await local.call(f"/admin/clients/{odd}/token", {}, PLATFORM, "DELETE"))[0] == 200
            assert (await local.call("/me/badge", {}, ann, "GET"))[0] == 401

    asyncio.run(scene())
