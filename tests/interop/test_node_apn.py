"""@parse/node-apn 8, from npm: Node's own HTTP/2."""

import time
from pathlib import Path
from typing import Any

import pytest

from simulator.gateways.delivery import Topic
from simulator.tokens import PushType
from tests.interop import nodejs
from tests.interop.world import World, address


def send(
    node: Path,
    world: World,
    token: str,
    *,
    topic: str = "topic",
    push_type: str = "alert",
    **other: Any,  # noqa: ANN401 - other credentials, a longer alert, a clock that is `slow` by seconds
) -> dict[str, Any]:
    apns = world.ready["apns"]
    host, port = address(apns["production"])
    said = {
        "address": host,
        "port": port,
        "ca": world.ready["certificate_authority"],
        "key": apns["key"],
        "keyId": apns["key_id"],
        "teamId": apns["team_id"],
        "topic": apns[topic],
        "token": token,
        "pushType": push_type,
        "alert": "Hello",
        "slow": 0,
    }
    return nodejs.play(node, "apn.js", {**said, **other})


def refused(status: int, reason: str) -> dict[str, Any]:
    return {"sent": [], "status": status, "response": {"reason": reason}}


def test_an_alert_is_delivered(node: Path, world: World) -> None:
    phone = world.device(PushType.IOS)
    assert send(node, world, phone.token()) == {"sent": [phone.token()]}
    assert world.seen() == [phone.seen(Topic.ALERT)]


def test_a_call_is_delivered_on_the_voip_topic(node: Path, world: World) -> None:
    phone = world.device(PushType.IOS_VOIP)
    assert send(node, world, phone.token(), topic="voip_topic", push_type="voip") == {"sent": [phone.token()]}
    assert world.seen() == [phone.seen(Topic.VOIP)]


def test_a_dead_token_is_unregistered_since_the_moment_of_its_death(node: Path, world: World) -> None:
    phone, began = world.device(PushType.IOS), int(time.time() * 1000)
    dead = phone.token()
    phone.rotate()
    told = send(node, world, dead)
    assert began <= told["response"].pop("timestamp") <= time.time() * 1000
    assert told == refused(410, "Unregistered")
    assert world.seen() == [phone.seen(Topic.ALERT, 410, "Unregistered", behind=1)]


def test_a_token_that_was_never_handed_out_is_bad(node: Path, world: World) -> None:
    assert send(node, world, "ab" * 32) == refused(400, "BadDeviceToken")


def test_a_token_is_for_one_topic_alone(node: Path, world: World) -> None:
    token = world.device(PushType.IOS_VOIP).token()
    assert send(node, world, token) == refused(400, "DeviceTokenNotForTopic")


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"alert": "x" * 4096}, refused(413, "PayloadTooLarge")),
        ({"teamId": "SOMEBODYS0"}, refused(403, "InvalidProviderToken")),
        # The client makes a new one, tries again with it, and in the end has an error and no response.
        ({"slow": 3700}, {"sent": [], "status": 403, "error": "ExpiredProviderToken"}),
    ],
)
def test_a_programmers_fault_is_told(node: Path, world: World, other: dict[str, Any], expected: dict[str, Any]) -> None:
    assert send(node, world, world.device(PushType.IOS).token(), **other) == expected


def test_providers_in_trouble_are_asked_four_times_and_told_apart(
    node: Path, throttled: World, unavailable: World
) -> None:
    phone = throttled.device(PushType.IOS)
    assert send(node, throttled, phone.token()) == refused(429, "TooManyRequests")
    assert send(node, unavailable, phone.token()) == refused(503, "ServiceUnavailable")
    assert throttled.seen() == [phone.seen(Topic.ALERT, 429, "TooManyRequests")] * 4
    assert unavailable.seen() == [phone.seen(Topic.ALERT, 503, "ServiceUnavailable")] * 4
