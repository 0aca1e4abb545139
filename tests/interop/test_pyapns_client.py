"""pyapns-client 2: a synchronous client of APNs over httpx."""

import pytest
from pyapns_client import (
    APNSClient,
    APNSDeviceException,
    APNSProgrammingException,
    IOSNotification,
    IOSPayload,
    IOSPayloadAlert,
    UnregisteredException,
)

from simulator.tokens import PushType
from tests.interop.conftest import RUN, World

# It hands httpx the certificate as a path and the message as data, both of which httpx calls deprecated.
pytestmark = [
    pytest.mark.filterwarnings("ignore:`verify=<str>` is deprecated"),
    pytest.mark.filterwarnings("ignore:Use 'content=<...>' to upload"),
]


def push(world: World, token: str) -> None:
    apns = world.ready["apns"]

    class Local(APNSClient):  # type: ignore[misc]  # it ships no types
        BASE_URLS = {APNSClient.MODE_PROD: apns["production"], APNSClient.MODE_DEV: apns["sandbox"]}  # noqa: RUF012 - as the class it overrides

    client = Local(
        mode=APNSClient.MODE_PROD,
        root_cert_path=world.ready["certificate_authority"],
        auth_key_path=apns["key"],
        auth_key_id=apns["key_id"],
        team_id=apns["team_id"],
    )
    try:
        client.push(IOSNotification(IOSPayload(IOSPayloadAlert(body="Hello")), topic=apns["topic"]), token)
    finally:
        client.close()


def test_an_alert_is_delivered(world: World) -> None:
    push(world, world.token(PushType.IOS))
    assert world.last() == (world.device(PushType.IOS) << 24 | 1, RUN | 2, 200)


def test_a_dead_token_is_unregistered(world: World) -> None:
    with pytest.raises(UnregisteredException) as raised:
        push(world, world.token(PushType.IOS, generation=1))
    assert raised.value.status_code == 410


def test_a_token_that_nobody_has_is_the_devices_fault(world: World) -> None:
    with pytest.raises(APNSDeviceException):
        push(world, "ab" * 32)


def test_a_voip_token_on_the_alert_topic_is_refused(world: World) -> None:
    with pytest.raises((APNSProgrammingException, APNSDeviceException)):
        push(world, world.token(PushType.IOS_VOIP))
