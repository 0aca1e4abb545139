import asyncio

import pytest

from simulator.backend import reply
from simulator.backend.pusher import Payload
from tests.simulator.backend.local import PLATFORM, Answer, Local, opened, play


def bad_request(code: str, message: str) -> Answer:
    return 400, {"RC": 400, "RM": "Bad Request", "error": {"code": code, "message": message}}


MISSING = bad_request("MISSING_PARAMETER", "clients and payload are required")


def test_a_push_is_handed_on_and_its_id_is_in_a_header(store: str) -> None:
    payload = {"alert": {"loc-key": "k", "loc-args": ["a"]}, "badge": 3, "collapseKey": "c", "unknown": [1]}

    async def scene(local: Local) -> None:
        answer = await local.reply("/push/push2clients", {"clients": ["ann", "nobody"], "payload": payload}, PLATFORM)
        assert answer == reply.Reply(200, b'{"RC":0,"RM":"OK","result":{}}', (("im-push-id", "1"),))
        expected = Payload(alert={"loc-key": "k", "loc-args": ["a"]}, badge=3, collapse_key="c")
        assert local.pusher.asked == [(["ann", "nobody"], expected, True)]

    play(store, None, scene)


@pytest.mark.parametrize(
    ("expiry", "seconds"), [(None, None), (1_800_000_060, 60), (1_800_000_060.0, 60), (60, 0), (2**31 - 1, 2_419_200)]
)
def test_an_expiry_is_a_moment_and_counts_from_now(store: str, expiry: float | None, seconds: int | None) -> None:
    async def scene(local: Local) -> None:
        await local.call("/push/push2clients", {"clients": ["ann"], "payload": {"expiry": expiry}}, PLATFORM)
        assert local.pusher.asked == [(["ann"], Payload(expiry=seconds), True)]

    play(store, None, scene)


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({}, MISSING),
        ({"clients": ["ann"]}, MISSING),
        ({"payload": {}}, MISSING),
        ({"clients": [], "payload": {}}, MISSING),
        ({"clients": None, "payload": {}}, MISSING),
        ({"clients": ["ann"], "payload": None}, MISSING),
        ({"clients": "ann", "payload": {}}, bad_request("INVALID_PARAMETER", "clients is not a list of ids")),
        ({"clients": [""], "payload": {}}, bad_request("INVALID_PARAMETER", "clients has an empty id")),
        ({"clients": [7], "payload": {}}, bad_request("INVALID_PARAMETER", "clients is not a string")),
        ({"clients": ["ann"], "payload": "Hi"}, bad_request("INVALID_PARAMETER", "payload is not an object")),
    ],
)
def test_a_push_that_cannot_be_is_refused_and_nobody_is_pushed_to(
    store: str, body: dict[str, object], answer: Answer
) -> None:
    async def scene(local: Local) -> None:
        assert await local.call("/push/push2clients", body, PLATFORM) == answer
        assert local.pusher.asked == []

    play(store, None, scene)


def test_only_the_platform_pushes_and_reads_the_log(store: str) -> None:
    async def scene(local: Local) -> None:
        for method, path in (("POST", "/push/push2clients"), ("GET", "/admin/pushes/1")):
            for headers, code in (
                ({}, "MISSING_API_KEY"),
                (local.person("ann"), "MISSING_API_KEY"),
                ({"im-api-key": "guessed"}, "INVALID_API_KEY"),
            ):
                status, answer = await local.call(path, {"clients": ["ann"], "payload": {}}, headers, method)
                assert (status, answer["error"]["code"]) == (401, code)
        assert local.pusher.asked == []

    play(store, None, scene)


@pytest.mark.parametrize("refuses", [reply.PUSH_UNAVAILABLE, reply.PUSH_QUEUE_FULL])
def test_what_the_pusher_refuses_is_refused(store: str, refuses: reply.Reply) -> None:
    async def scene(local: Local) -> None:
        local.pusher.refuses = refuses
        assert await local.reply("/push/push2clients", {"clients": ["ann"], "payload": {}}, PLATFORM) == refuses

    play(store, None, scene)


@pytest.mark.parametrize("number", ["2", "0", "-1", "1.0", "٣", "x", "9" * 19])
def test_a_push_that_never_was_is_not_found(store: str, number: str) -> None:
    async def scene() -> None:
        async with opened(store) as local:
            await local.call("/push/push2clients", {"clients": ["ann"], "payload": {}}, PLATFORM)
            assert (await local.call("/admin/pushes/1", {}, PLATFORM, "GET"))[1]["result"] == {"_id": 1}
            assert await local.reply(f"/admin/pushes/{number}", {}, PLATFORM, "GET") == reply.PUSH_NOT_FOUND

    asyncio.run(scene())
