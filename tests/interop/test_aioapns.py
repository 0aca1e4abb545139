"""aioapns 4: an asyncio client of APNs, over h2."""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aioapns import APNs, NotificationRequest
from aioapns import PushType as Sent
from aioapns.common import NotificationResult
from aioapns.connection import APNsTLSClientProtocol

from simulator.gateways.delivery import Topic
from simulator.tokens import PushType
from tests.interop.closed import Watch
from tests.interop.world import World, address


def client(world: World, **other: str) -> APNs:
    """A client that is told of our gateways, or of `other` credentials. To be made in a running loop."""
    apns = {**world.ready["apns"], **other}
    host, port = address(apns["production"])
    made = APNs(
        key=Path(apns["key"]).read_text(),
        key_id=apns["key_id"],
        team_id=apns["team_id"],
        topic=apns["topic"],
        ssl_context=ssl.create_default_context(cafile=world.ready["certificate_authority"]),
    )
    made.pool.protocol_class = type("Local", (APNsTLSClientProtocol,), {"APNS_SERVER": host, "APNS_PORT": port})
    return made


@asynccontextmanager
async def connected(world: World, **other: str) -> AsyncIterator[APNs]:
    """The client for as long as a test may take: it would wait without end for an answer that it cannot place."""
    made = client(world, **other)
    try:
        async with asyncio.timeout(60):
            yield made
    finally:
        made.pool.close()
        while made.pool.connections:  # noqa: ASYNC110 - it has no event, and forgets what is closed
            await asyncio.sleep(0.01)


def request(token: str, characters: int = 5, **options: Any) -> NotificationRequest:  # noqa: ANN401 - aioapns' own
    """A notification whose payload is `characters` longer than that of an empty alert."""
    return NotificationRequest(token, {"aps": {"alert": "x" * characters}}, **options)


def send(world: World, asked: NotificationRequest, **other: str) -> NotificationResult:
    async def run() -> NotificationResult:
        async with connected(world, **other) as apns:
            return await apns.send_notification(asked)

    return asyncio.run(run())


def said(result: NotificationResult) -> tuple[str, str | None]:
    return result.status, result.description


def test_an_alert_is_delivered(world: World, closed: Watch) -> None:
    phone = world.device(PushType.IOS)
    result = send(world, request(phone.token(), push_type=Sent.ALERT))
    assert (result.is_successful, world.seen()) == (True, [phone.seen(Topic.ALERT)])
    assert address(world.ready["apns"]["production"]) in closed.connected


def test_a_call_is_delivered_on_the_voip_topic(world: World) -> None:
    phone = world.device(PushType.IOS_VOIP)
    result = send(world, request(phone.token(), push_type=Sent.VOIP, apns_topic=world.ready["apns"]["voip_topic"]))
    assert (result.is_successful, world.seen()) == (True, [phone.seen(Topic.VOIP)])


@pytest.mark.parametrize("digits", [64, 108, 160])
def test_tokens_of_every_length_are_delivered(world: World, digits: int) -> None:
    phone = world.device(PushType.IOS)
    token = phone.token(f"apns-{digits}")
    assert (len(token), said(send(world, request(token)))) == (digits, ("200", None))
    assert world.seen() == [phone.seen(Topic.ALERT)]


def test_hundreds_at_once_over_one_connection_are_each_delivered_once(world: World) -> None:
    phones = [world.device(PushType.IOS) for _ in range(300)]

    async def run() -> set[str]:
        async with connected(world) as apns:
            results = await asyncio.gather(*(apns.send_notification(request(phone.token())) for phone in phones))
            assert len(apns.pool.connections) == 1
            return {result.status for result in results}

    assert asyncio.run(run()) == {"200"}
    assert sorted(world.seen()) == sorted(phone.seen(Topic.ALERT) for phone in phones)


def test_a_dead_token_is_unregistered_since_the_moment_of_its_death(world: World) -> None:
    phone, began = world.device(PushType.IOS), int(time.time() * 1000)
    dead = phone.token()
    phone.rotate()
    result = send(world, request(dead))
    assert said(result) == ("410", "Unregistered")
    assert result.timestamp is not None
    assert began <= result.timestamp <= time.time() * 1000
    assert said(send(world, request(phone.token()))) == ("200", None)
    assert world.seen() == [phone.seen(Topic.ALERT, 410, "Unregistered", behind=1), phone.seen(Topic.ALERT)]


def test_a_dead_token_is_answered_200_until_apple_notices(late: World) -> None:
    phone = late.device(PushType.IOS)
    dead = phone.token()
    phone.rotate()

    async def run() -> list[tuple[str, str | None]]:
        answers = list[tuple[str, str | None]]()
        async with connected(late) as apns:
            while not answers or answers[-1][0] == "200":
                answers.append(said(await apns.send_notification(request(dead))))
        return answers

    *before, last = asyncio.run(run())
    assert (set(before), last) == ({("200", None)}, ("410", "Unregistered"))


def test_a_token_that_was_never_handed_out_is_bad(world: World) -> None:
    phone = world.device(PushType.IOS)
    assert said(send(world, request("ab" * 32))) == ("400", "BadDeviceToken")
    assert said(send(world, request("beef"))) == ("400", "BadDeviceToken")
    assert said(send(world, request(phone.token(ahead=1)))) == ("400", "BadDeviceToken")
    assert said(send(world, request(world.device(PushType.FCM).token("fcm-163")))) == ("400", "BadDeviceToken")


def test_a_token_is_for_one_topic_alone(world: World) -> None:
    alerts, calls = world.device(PushType.IOS), world.device(PushType.IOS_VOIP)
    topic = world.ready["apns"]["voip_topic"]
    told = said(send(world, request(alerts.token(), apns_topic=topic))), said(send(world, request(calls.token())))
    assert told == (("400", "DeviceTokenNotForTopic"),) * 2
    # The registers are those of the slots that were pushed for: a delivery of the wrong type is seen as one.
    assert [(row["register"] & 0xFF, row["origin"] & 0xFF) for row in world.deliveries()] == [(2, 1), (1, 2)]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"apns_topic": "com.example.other"}, "TopicDisallowed"),
        ({"apns_topic": "no topic"}, "BadTopic"),
        ({"collapse_key": "k" * 65}, "BadCollapseId"),
        ({"priority": 7}, "BadPriority"),
        ({"notification_id": "seven"}, "BadMessageId"),
        ({"push_type": Sent.VOIP}, "InvalidPushType"),
    ],
)
def test_what_is_wrong_with_a_request_is_told(world: World, options: dict[str, Any], reason: str) -> None:
    assert said(send(world, request(world.device(PushType.IOS).token(), **options))) == ("400", reason)


@pytest.mark.parametrize(("kind", "topic", "most"), [("IOS", "topic", 4096), ("IOS_VOIP", "voip_topic", 5120)])
def test_a_payload_may_be_this_long_and_no_longer(world: World, kind: str, topic: str, most: int) -> None:
    token = world.device(PushType[kind]).token()
    room = most - len(json.dumps(request(token, 0).message))
    answers = [said(send(world, request(token, room + more, apns_topic=world.ready["apns"][topic]))) for more in (0, 1)]
    assert answers == [("200", None), ("413", "PayloadTooLarge")]


@pytest.mark.parametrize("other", [{"team_id": "SOMEBODYS0"}, {"key_id": "SOMEBODYS0"}])
def test_another_teams_provider_token_is_invalid(world: World, other: dict[str, str]) -> None:
    token = world.device(PushType.IOS).token()
    assert said(send(world, request(token), **other)) == ("403", "InvalidProviderToken")


def test_a_provider_token_signed_with_another_key_is_invalid(world: World) -> None:
    token = world.device(PushType.IOS).token()
    other = {"key": world.ready["web_push"]["vapid_private_key"]}
    assert said(send(world, request(token), **other)) == ("403", "InvalidProviderToken")


@pytest.mark.parametrize(("behind", "reason"), [(3700, "ExpiredProviderToken"), (-120, "InvalidProviderToken")])
def test_a_clock_that_is_wrong_makes_provider_tokens_refused(
    world: World, monkeypatch: pytest.MonkeyPatch, behind: float, reason: str
) -> None:
    monkeypatch.setattr("aioapns.connection.time", SimpleNamespace(time=lambda: time.time() - behind))
    assert said(send(world, request(world.device(PushType.IOS).token()))) == ("403", reason)


def test_the_sandbox_knows_no_token_of_production(world: World) -> None:
    token, sandbox = world.device(PushType.IOS).token(), world.ready["apns"]["sandbox"]
    assert said(send(world, request(token), production=sandbox)) == ("400", "BadDeviceToken")


def test_providers_in_trouble_are_told_apart(throttled: World, unavailable: World) -> None:
    phone = throttled.device(PushType.IOS)
    assert said(send(throttled, request(phone.token()))) == ("429", "TooManyRequests")
    assert said(send(unavailable, request(phone.token()))) == ("503", "ServiceUnavailable")
    assert throttled.seen() == [phone.seen(Topic.ALERT, 429, "TooManyRequests")]
    assert unavailable.seen() == [phone.seen(Topic.ALERT, 503, "ServiceUnavailable")]


def test_a_push_that_a_connection_ended_before_is_sent_again_and_delivered_once(leaving: World) -> None:
    phones = [leaving.device(PushType.IOS) for _ in range(20)]

    async def run() -> list[str]:
        async with connected(leaving) as apns:
            return [(await apns.send_notification(request(phone.token()))).status for phone in phones]

    assert asyncio.run(run()) == ["200"] * 20
    assert leaving.seen() == [phone.seen(Topic.ALERT) for phone in phones]
