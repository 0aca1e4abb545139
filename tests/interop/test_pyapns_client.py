"""pyapns-client 2: a synchronous client of APNs, over httpx."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from pyapns_client import APNSClient, IOSNotification, IOSPayload, IOSPayloadAlert
from pyapns_client import exceptions as errors

from simulator.gateways.delivery import Topic
from simulator.tokens import PushType
from tests.interop.closed import Watch
from tests.interop.world import World, address

# It hands httpx the certificate as a path and the message as data, both of which httpx calls deprecated.
pytestmark = [
    pytest.mark.filterwarnings("ignore:`verify=<str>` is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Use 'content=<...>' to upload raw bytes:DeprecationWarning"),
]


def push(
    world: World,
    token: str,
    *,
    mode: str = APNSClient.MODE_PROD,
    topic: str = "",
    custom: dict[str, str] | None = None,
    team_id: str = "",
    **options: Any,  # noqa: ANN401 - those of a notification
) -> None:
    apns = world.ready["apns"]

    class Local(APNSClient):  # type: ignore[misc]  # it ships no types
        BASE_URLS = {APNSClient.MODE_PROD: apns["production"], APNSClient.MODE_DEV: apns["sandbox"]}  # noqa: RUF012 - as the class it overrides

    client = Local(
        mode=mode,
        root_cert_path=world.ready["certificate_authority"],
        auth_key_path=apns["key"],
        auth_key_id=apns["key_id"],
        team_id=team_id or apns["team_id"],
    )
    payload = IOSPayload(IOSPayloadAlert(body="Hello"), custom=custom)
    try:
        client.push(IOSNotification(payload, topic=topic or apns["topic"], **options), token)
    finally:
        client.close()


def test_an_alert_is_delivered(world: World, closed: Watch) -> None:
    phone = world.device(PushType.IOS)
    push(world, phone.token(), push_type="alert")
    assert world.seen() == [phone.seen(Topic.ALERT)]
    assert address(world.ready["apns"]["production"]) in closed.connected


def test_a_call_is_delivered_on_the_voip_topic(world: World) -> None:
    phone = world.device(PushType.IOS_VOIP)
    push(world, phone.token(), topic=world.ready["apns"]["voip_topic"], push_type="voip")
    assert world.seen() == [phone.seen(Topic.VOIP)]


def test_a_dead_token_is_unregistered_since_the_moment_of_its_death(world: World) -> None:
    phone, began = world.device(PushType.IOS), int(time.time() * 1000)
    dead = phone.token()
    phone.rotate()
    with pytest.raises(errors.UnregisteredException) as raised:
        push(world, dead)
    assert raised.value.status_code == 410
    assert began <= raised.value.timestamp <= time.time() * 1000
    assert world.seen() == [phone.seen(Topic.ALERT, 410, "Unregistered", behind=1)]


def test_a_token_is_unregistered_before_anything_else_is_judged(world: World) -> None:
    phone = world.device(PushType.IOS)
    dead = phone.token()
    phone.rotate()
    with pytest.raises(errors.UnregisteredException):
        push(world, dead, team_id="SOMEBODYS0")


def test_whose_fault_a_token_is_is_told(world: World) -> None:
    phone = world.device(PushType.IOS)
    with pytest.raises(errors.BadDeviceTokenException):
        push(world, "ab" * 32)
    with pytest.raises(errors.BadDeviceTokenException):
        push(world, phone.token(), mode=APNSClient.MODE_DEV)
    with pytest.raises(errors.DeviceTokenNotForTopicException):
        push(world, phone.token(), topic=world.ready["apns"]["voip_topic"])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"custom": {"text": "x" * 4096}}, errors.PayloadTooLargeException),
        ({"team_id": "SOMEBODYS0"}, errors.InvalidProviderTokenException),
        ({"topic": "com.example.other"}, errors.TopicDisallowedException),
        ({"push_type": "voip"}, errors.InvalidPushTypeException),
        ({"collapse_id": "k" * 65}, errors.BadCollapseIdException),
        ({"priority": "7"}, errors.BadPriorityException),
        ({"expiration": "soon"}, errors.BadExpirationDateException),
        ({"apns_id": "seven"}, errors.BadMessageIdException),
    ],
)
def test_a_programmers_fault_is_told(
    world: World, options: dict[str, Any], expected: type[errors.APNSProgrammingException]
) -> None:
    with pytest.raises(expected):
        push(world, world.device(PushType.IOS).token(), **options)


def test_a_clock_that_is_slow_makes_provider_tokens_expire(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = SimpleNamespace(time=lambda: time.time() - 3700, perf_counter=time.perf_counter)
    monkeypatch.setattr("pyapns_client.client.time", slow)
    with pytest.raises(errors.ExpiredProviderTokenException):
        push(world, world.device(PushType.IOS).token())


def test_providers_in_trouble_are_asked_three_times_and_told_apart(throttled: World, unavailable: World) -> None:
    phone = throttled.device(PushType.IOS)
    with pytest.raises(errors.TooManyRequestsException):
        push(throttled, phone.token())
    with pytest.raises(errors.ServiceUnavailableException):
        push(unavailable, phone.token())
    assert throttled.seen() == [phone.seen(Topic.ALERT, 429, "TooManyRequests")] * 3
    assert unavailable.seen() == [phone.seen(Topic.ALERT, 503, "ServiceUnavailable")] * 3


def test_a_push_that_a_connection_ended_before_is_sent_again_and_delivered_once(leaving: World) -> None:
    phones = [leaving.device(PushType.IOS) for _ in range(10)]
    for phone in phones:
        push(leaving, phone.token())
    assert leaving.seen() == [phone.seen(Topic.ALERT) for phone in phones]
