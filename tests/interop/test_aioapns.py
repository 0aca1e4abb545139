"""aioapns 4: an asyncio client of APNs."""

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest
from aioapns import APNs, NotificationRequest, PushType
from aioapns.common import NotificationResult
from aioapns.connection import APNsTLSClientProtocol

from simulator import tokens
from tests.interop.conftest import RUN, World


def client(ready: dict[str, Any], **wrong: str) -> APNs:
    apns = {**ready["apns"], **wrong}
    host, _, port = apns["production"].removeprefix("https://").partition(":")
    made = APNs(
        key=Path(apns["key"]).read_text(),
        key_id=apns["key_id"],
        team_id=apns["team_id"],
        topic=apns["topic"],
        ssl_context=ssl.create_default_context(cafile=ready["certificate_authority"]),
    )
    made.pool.protocol_class = type("Local", (APNsTLSClientProtocol,), {"APNS_SERVER": host, "APNS_PORT": int(port)})
    return made


def send(
    ready: dict[str, Any],
    token: str,
    message: dict[str, Any] | None = None,
    **options: Any,  # noqa: ANN401 - those of NotificationRequest, and wrong credentials
) -> NotificationResult:
    async def run() -> NotificationResult:
        wrong = {name: options.pop(name) for name in ("team_id", "key_id") if name in options}
        apns = client(ready, **wrong)
        try:
            request = NotificationRequest(token, message or {"aps": {"alert": "Hello"}}, **options)
            return await apns.send_notification(request)
        finally:
            apns.pool.close()
            while apns.pool.connections:  # noqa: ASYNC110 - it has no event, and forgets what is closed
                await asyncio.sleep(0.01)

    return asyncio.run(run())


def test_an_alert_is_delivered(world: World) -> None:
    token = world.token(tokens.PushType.IOS)
    assert send(world.ready, token, push_type=PushType.ALERT).status == "200"
    assert world.last() == (world.device(tokens.PushType.IOS) << 24 | 1, RUN | 2, 200)


def test_a_call_is_delivered_on_the_voip_topic_and_nowhere_else(world: World) -> None:
    token = world.token(tokens.PushType.IOS_VOIP)
    voip = world.ready["apns"]["voip_topic"]
    assert send(world.ready, token, push_type=PushType.VOIP, apns_topic=voip).status == "200"
    assert send(world.ready, token, push_type=PushType.ALERT).description == "DeviceTokenNotForTopic"


def test_a_dead_token_is_410_with_the_moment_of_its_death(world: World) -> None:
    result = send(world.ready, world.token(tokens.PushType.IOS, generation=1))
    assert (result.status, result.description) == ("410", "Unregistered")
    assert isinstance(result.timestamp, int)


@pytest.mark.parametrize("digits", [64, 108, 160])
def test_tokens_of_every_length_are_delivered(world: World, digits: int) -> None:
    assert send(world.ready, world.token(tokens.PushType.IOS, form=f"apns-{digits}")).status == "200"


def test_refusals_come_with_their_reasons(world: World) -> None:
    good = world.token(tokens.PushType.IOS)
    assert send(world.ready, "ab" * 32).description == "BadDeviceToken"
    assert send(world.ready, world.token(tokens.PushType.IOS, generation=3)).description == "BadDeviceToken"
    assert send(world.ready, good, apns_topic="com.example.other").description == "TopicDisallowed"
    assert send(world.ready, good, {"aps": {"alert": "x" * 5000}}).description == "PayloadTooLarge"
    assert send(world.ready, good, team_id="SOMEBODYS0").description == "InvalidProviderToken"


def test_too_many_requests_are_told(throttled: dict[str, Any]) -> None:
    token = tokens.mint(tokens.Provenance(1, 1, 1, 0, tokens.PushType.IOS, 1))
    result = send(throttled, token)
    assert (result.status, result.description) == ("429", "TooManyRequests")
