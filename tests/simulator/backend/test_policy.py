"""Every answer to an open question, and what the backend makes of it."""

import asyncio
from dataclasses import fields
from typing import Any

import pytest

from simulator.backend.policy import DEFAULT, Policy
from simulator.backend.pusher import Subscription
from simulator.errors import UsageError
from tests.simulator.backend.local import PLATFORM, Local, opened, play

Rows = list[tuple[str, str, str, str]]


def test_the_defaults_are_those_of_the_documents_table() -> None:
    assert Policy.parse({}) == Policy.read([]) == DEFAULT
    assert {one.name: one.default for one in fields(Policy)} == {
        "key": "device",
        "same_token": "keep",
        "device_cap": 0,
        "dead_tokens": "delete",
        "unknown_type": "400",
        "over_long": "400",
        "non_string": "400",
        "bad_client_key": "403",
        "missing_client_id": "400",
        "unknown_client": "404",
        "client_limit": 0,
    }


def test_a_policy_is_read_from_texts_and_says_them_again() -> None:
    texts = ["key=client-device", "same-token=move", "device-cap=3", "bad-client-key=401", "client-limit=60"]
    policy = Policy.read(reversed(texts))
    assert policy == Policy(key="client-device", same_token="move", device_cap=3, bad_client_key="401", client_limit=60)
    assert policy.texts() == texts
    assert DEFAULT.texts() == []


def test_all_mistakes_are_told_at_once() -> None:
    wrong = ["key=token", "device-cap=-1", "device-cap=2", "colour=red", "over-long", "client-limit=1000001", "=x"]
    with pytest.raises(UsageError) as raised:
        Policy.read(wrong)
    known = ", ".join(one.name.replace("_", "-") for one in fields(Policy))
    assert str(raised.value).splitlines() == [
        "--policy over-long says nothing: give NAME=VALUE.",
        "--policy device-cap is given more than once: give it once.",
        "--policy key=token cannot be: choose from device, client-device.",
        f"--policy colour=red is unknown: choose from {known}.",
        "--policy client-limit=1000001 cannot be: choose from 0 to 1000000.",
        f"--policy =x is unknown: choose from {known}.",
    ]


@pytest.mark.parametrize("word", ["", "٣", "1.0", " 1", "1e3", "many"])
def test_a_number_that_is_none_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="choose from 0 to 1000000"):
        Policy.parse({"device-cap": word})


def test_the_help_has_a_line_for_each_question_with_its_default_first() -> None:
    lines = Policy.help().splitlines()
    assert [line.partition("=")[0] for line in lines] == [one.name.replace("_", "-") for one in fields(Policy)]
    assert lines[0] == (
        "key=device|client-device                  a slot is type and deviceId, or clientId, type and deviceId"
    )
    assert lines[2].startswith("device-cap=0|N  ")
    assert max(map(len, lines)) <= 120


async def _subscribed(local: Local, *rows: tuple[str, str, str, str]) -> None:
    for push_type, device, owner, token in rows:
        status, _ = await local.subscribe(owner, push_type, device, token)
        assert status == 200


@pytest.mark.parametrize(
    ("policy", "left"),
    [
        (Policy(), [("ios", "d", "bob", "t2")]),
        (Policy(key="client-device"), [("ios", "d", "ann", "t1"), ("ios", "d", "bob", "t2")]),
    ],
)
def test_whose_a_slot_is(store: str, policy: Policy, left: Rows) -> None:
    async def scene(local: Local) -> None:
        await _subscribed(local, ("ios", "d", "ann", "t1"), ("ios", "d", "bob", "t1"), ("ios", "d", "bob", "t2"))

    assert play(store, None, scene, policy=policy) == left

    async def leaving(local: Local) -> None:
        assert (await local.unsubscribe("bob", "ios", "d"))[1]["result"]["n"] == 1

    assert play(store, None, leaving, policy=policy) == left[:-1]


@pytest.mark.parametrize(
    ("same_token", "left"),
    [
        ("keep", [("fcm", "d1", "ann", "t"), ("fcm", "d2", "ann", "t"), ("fcm", "d3", "bob", "t")]),
        ("move", [("fcm", "d3", "bob", "t")]),
    ],
)
def test_a_token_that_comes_back_under_another_slot(store: str, same_token: str, left: Rows) -> None:
    async def scene(local: Local) -> None:
        # In the same millisecond, and the newest slot is not the last in any order.
        await _subscribed(local, ("fcm", "d2", "ann", "t"), ("fcm", "d1", "ann", "t"), ("fcm", "d3", "bob", "t"))
        await _subscribed(local, ("ios", "d1", "ann", "other"))

    expected = sorted([*left, ("ios", "d1", "ann", "other")])
    assert play(store, None, scene, policy=Policy(same_token=same_token)) == expected


def test_a_token_moves_by_all_of_it_and_not_by_its_beginning(store: str) -> None:
    async def scene(local: Local) -> None:
        await _subscribed(local, *(("web", f"d{end}", "ann", "x" * 4000 + end) for end in "abc"))

    assert len(play(store, None, scene, policy=Policy(same_token="move"))) == 3


@pytest.mark.parametrize("policy", [Policy(same_token="move"), Policy(device_cap=1)])
def test_of_slots_that_compete_at_the_same_moment_one_is_left(store: str, policy: Policy) -> None:
    async def scene() -> None:
        async with opened(store, policy=policy) as one, opened(store, policy=policy) as other:
            for turn in range(10):
                writes = (
                    local.subscribe("ann", "ios", f"d{turn}-{n}", "t") for local in (one, other) for n in range(5)
                )
                answers = await asyncio.gather(*writes)
                assert {status for status, _ in answers} == {200}
                assert len(await one.rows()) == 1

    asyncio.run(scene())


def test_beyond_the_cap_the_devices_go_that_registered_longest_ago(store: str) -> None:
    async def scene(local: Local) -> None:
        await _subscribed(local, ("ios", "a", "ann", "1"), ("ios-voip", "a", "ann", "2"), ("ios", "b", "ann", "3"))
        await _subscribed(local, ("fcm", "x", "bob", "4"))
        await _subscribed(local, ("ios", "a", "ann", "5"), ("fcm", "c", "ann", "6"))  # so that b is the longest ago

    assert play(store, None, scene, policy=Policy(device_cap=2)) == [
        ("fcm", "c", "ann", "6"),
        ("fcm", "x", "bob", "4"),
        ("ios", "a", "ann", "5"),
        ("ios-voip", "a", "ann", "2"),
    ]


@pytest.mark.parametrize(("dead_tokens", "left"), [("delete", []), ("keep", [("ios", "d", "ann", "t")])])
def test_what_becomes_of_a_dead_token(store: str, dead_tokens: str, left: Rows) -> None:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "ios", "d", "t")
        subscription = Subscription("ios", "d", "ann", "t", 0)
        assert await local.store.prune(subscription, None) == 1 - len(left)

    assert play(store, None, scene, policy=Policy(dead_tokens=dead_tokens)) == left


PIGEON = {"type": "pigeon", "token": "t", "deviceId": "d"}
LONG = {"type": "ios", "token": "t" * 4097, "deviceId": "d"}
NUMBER = {"type": "ios", "token": 7, "deviceId": 1e3}
LISTED = {"type": "ios", "token": ["t"], "deviceId": "d"}
WITHOUT = {"type": "ios", "token": "t", "deviceId": "d"}
NOBODYS = {**WITHOUT, "clientId": "nobody"}


@pytest.mark.parametrize(
    ("policy", "body", "platform", "answer"),
    [
        ({}, PIGEON, False, (400, "INVALID_PARAMETER")),
        ({"unknown-type": "422"}, PIGEON, False, (422, "INVALID_PARAMETER")),
        ({"unknown-type": "accept"}, PIGEON, False, ("pigeon", "d", "ann", "t")),
        ({"unknown-type": "accept"}, {**PIGEON, "type": "p" * 65}, False, (400, "INVALID_PARAMETER")),
        ({}, LONG, False, (400, "INVALID_PARAMETER")),
        ({"over-long": "413"}, LONG, False, (413, "INVALID_PARAMETER")),
        ({"over-long": "422"}, LONG, False, (422, "INVALID_PARAMETER")),
        ({}, NUMBER, False, (400, "INVALID_PARAMETER")),
        ({"non-string": "422"}, NUMBER, False, (422, "INVALID_PARAMETER")),
        ({"non-string": "cast"}, NUMBER, False, ("ios", "1000", "ann", "7")),
        ({"non-string": "cast"}, {**NUMBER, "token": True, "deviceId": 1.5}, False, ("ios", "1.5", "ann", "true")),
        ({"non-string": "cast"}, LISTED, False, (400, "INVALID_PARAMETER")),
        ({}, WITHOUT, True, (400, "MISSING_PARAMETER")),
        ({"missing-client-id": "401"}, WITHOUT, True, (401, "INVALID_TOKEN")),
        ({"missing-client-id": "404"}, WITHOUT, True, (404, "CLIENT_NOT_FOUND")),
        ({"missing-client-id": "401"}, {**WITHOUT, "clientId": ""}, True, (401, "INVALID_TOKEN")),
        ({}, NOBODYS, True, (404, "CLIENT_NOT_FOUND")),
        ({"unknown-client": "400"}, NOBODYS, True, (400, "INVALID_PARAMETER")),
        ({"unknown-client": "accept"}, NOBODYS, True, ("ios", "d", "nobody", "t")),
    ],
)
def test_what_a_subscribe_is_answered(
    store: str, policy: dict[str, str], body: dict[str, Any], *, platform: bool, answer: tuple[int | str, ...]
) -> None:
    """`answer` is a status and a code, or the row that is taken."""

    async def scene(local: Local) -> None:
        status, said = await local.call("/me/subscribe", body, PLATFORM if platform else local.person("ann"))
        expected = answer if len(answer) == 2 else (200, None)
        assert (status, said.get("error", {}).get("code")) == expected

    rows = play(store, None, scene, policy=Policy.parse(policy))
    assert rows == ([] if len(answer) == 2 else [answer])


@pytest.mark.parametrize(("bad_client_key", "status"), [("403", 403), ("401", 401)])
def test_what_a_wrong_client_key_is_answered(store: str, bad_client_key: str, status: int) -> None:
    async def scene(local: Local) -> None:
        for headers in ({}, {"im-client-key": "another"}):
            found, said = await local.call(
                "/me/subscribe", WITHOUT, {**local.person("ann"), "im-client-key": "", **headers}
            )
            assert (found, said["RC"], said["error"]["code"]) == (status, status, "INVALID_CLIENT_KEY")

    assert play(store, None, scene, policy=Policy(bad_client_key=bad_client_key)) == []


def test_a_bugs_own_key_is_kept_under_every_policy(store: str) -> None:
    async def scene(local: Local) -> None:
        await _subscribed(local, ("ios", "d", "ann", "t1"), ("ios-voip", "d", "bob", "t2"))

    assert play(store, "types-collide", scene, policy=Policy(key="client-device")) == [("ios-voip", "d", "bob", "t2")]
