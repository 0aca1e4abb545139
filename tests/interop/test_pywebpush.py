"""pywebpush 2, synchronous over requests and asynchronous over aiohttp: endpoints bear real hosts' names."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
import requests
from pywebpush import WebPushException, webpush, webpush_async

from simulator.gateways.delivery import NOBODY, Topic
from simulator.tokens import PushType
from simulator.tokens.mark import Mark
from tests.interop.closed import Watch
from tests.interop.redirected import connector, session
from tests.interop.world import Device, World, address

Send = Callable[..., int]


def sent(world: World, subscription: dict[str, Any], text: str, **options: Any) -> int:  # noqa: ANN401 - webpush's
    with session(world) as client:
        answer = webpush(subscription, text, requests_session=client, timeout=60, **options)
    assert isinstance(answer, requests.Response)
    assert answer.headers["location"].startswith("https://")
    return answer.status_code


def sent_asynchronously(world: World, subscription: dict[str, Any], text: str, **options: Any) -> int:  # noqa: ANN401 - webpush's
    async def run() -> int:
        async with asyncio.timeout(60), aiohttp.ClientSession(connector=connector(world)) as client:
            answer = await webpush_async(subscription, text, aiohttp_session=client, **options)
            assert isinstance(answer, aiohttp.ClientResponse)
            assert answer.headers["location"].startswith("https://")
            return answer.status

    return asyncio.run(run())


@pytest.fixture(params=[sent, sent_asynchronously], ids=["webpush", "webpush_async"])
def send(request: pytest.FixtureRequest) -> Send:
    """Sends a text to a subscription as a browser handed it out, in both of the client's ways; the status."""

    def run(world: World, subscription: str, text: str = "Hello", **options: Any) -> int:  # noqa: ANN401 - webpush's
        web = world.ready["web_push"]
        claims = {"sub": web["subject"], **options.pop("claims", {})}
        given = {"vapid_private_key": web["vapid_private_key"], "vapid_claims": claims, "ttl": 60, **options}
        status: int = request.param(world, json.loads(subscription), text, **given)
        return status

    return run


def refusal(send: Send, *arguments: Any, **options: Any) -> tuple[int | None, str | None]:  # noqa: ANN401 - webpush's
    """The status of a refusal, and after how many seconds one may try again."""
    with pytest.raises(WebPushException) as raised:
        send(*arguments, **options)
    response = raised.value.response
    assert response is not None
    assert raised.value.status_code == getattr(response, "status_code", getattr(response, "status", None))
    return raised.value.status_code, raised.value.retry_after


def dead(browser: Device) -> str:
    subscription = browser.token()
    browser.rotate()
    return subscription


@pytest.mark.parametrize("form", ["chrome", "firefox", "safari"])
def test_a_message_is_delivered_and_the_browser_decrypts_it(world: World, send: Send, closed: Watch, form: str) -> None:
    browser, mark = world.device(PushType.WEB), Mark(world.fleet.number, 7, 12345)
    assert send(world, browser.token(form), f"Hello {mark.text}") == 201
    assert (world.seen(), world.marks()) == ([browser.seen(Topic.MESSAGE, 201)], [mark])
    assert address(world.ready["web_push"]["url"]) in closed.connected


def test_a_message_for_another_browser_is_accepted_and_cannot_be_decrypted(world: World, send: Send) -> None:
    browser, other = world.device(PushType.WEB), world.device(PushType.WEB)
    keys = json.loads(other.token())["keys"]
    mixed = json.dumps({**json.loads(browser.token()), "keys": keys})
    assert send(world, mixed, f"Hello {Mark(world.fleet.number, 7, 12345).text}") == 201
    assert world.seen() == [browser.seen(Topic.MESSAGE, 201, "UNDECRYPTABLE")]
    assert [mark.person for mark in world.marks()] == [NOBODY]


def test_urgency_and_topic_are_taken(world: World, send: Send) -> None:
    headers = {"Urgency": "high", "Topic": "news"}
    assert send(world, world.device(PushType.WEB).token(), headers=headers) == 201
    assert refusal(send, world, world.device(PushType.WEB).token(), headers={"Topic": "t" * 33}) == (400, None)


def test_a_dead_subscription_is_gone(world: World, send: Send) -> None:
    browser = world.device(PushType.WEB)
    assert refusal(send, world, dead(browser)) == (410, None)
    assert send(world, browser.token()) == 201
    expected = [browser.seen(Topic.MESSAGE, 410, "GONE", behind=1), browser.seen(Topic.MESSAGE, 201)]
    assert world.seen() == expected


def test_a_dead_subscription_is_delivered_to_until_its_service_notices(late: World, send: Send) -> None:
    subscription, until = dead(late.device(PushType.WEB)), time.monotonic() + 60

    def go_on() -> None:
        while time.monotonic() < until:
            assert send(late, subscription) == 201

    assert send(late, subscription) == 201
    with pytest.raises(WebPushException) as raised:
        go_on()
    assert raised.value.status_code == 410


def test_a_subscription_that_nobody_has_is_not_found(world: World, send: Send) -> None:
    subscription = world.device(PushType.WEB).token()
    endpoint = json.loads(subscription)["endpoint"]
    assert refusal(send, world, subscription.replace(endpoint[-8:], "AAAAAAAA")) == (404, None)
    assert refusal(send, world, world.device(PushType.WEB).token(ahead=1)) == (404, None)


@pytest.mark.parametrize(("form", "status"), [("chrome", 403), ("firefox", 401), ("safari", 400)])
def test_another_vapid_key_is_refused_as_each_service_has_it(world: World, send: Send, form: str, status: int) -> None:
    browser, other = world.device(PushType.WEB), world.ready["apns"]["key"]
    assert refusal(send, world, browser.token(form), vapid_private_key=other) == (status, None)
    assert world.seen() == [browser.seen(Topic.MESSAGE, status, "OTHER_VAPID_KEY")]


@pytest.mark.parametrize(("form", "status"), [("chrome", 403), ("firefox", 401), ("safari", 403)])
def test_claims_for_another_service_or_for_too_long_are_refused_as_each_service_has_it(
    world: World, send: Send, form: str, status: int
) -> None:
    subscription = world.device(PushType.WEB).token(form)
    for claims in ({"aud": "https://push.example.com"}, {"exp": int(time.time()) + 25 * 3600}):
        assert refusal(send, world, subscription, claims=claims) == (status, None)


def test_a_message_that_is_too_long_is_refused(world: World, send: Send) -> None:
    subscription = world.device(PushType.WEB).token()
    # 86 bytes of header, 16 of the cipher's tag and 1 of padding leave 3,993 of 4,096 (RFC 8291, 4).
    assert send(world, subscription, "x" * 3993) == 201
    assert refusal(send, world, subscription, "x" * 3994) == (413, None)


def test_services_in_trouble_are_told_apart_and_when_to_try_again(
    throttled: World, unavailable: World, send: Send
) -> None:
    browser = throttled.device(PushType.WEB)
    assert refusal(send, throttled, browser.token()) == (429, "1")
    assert refusal(send, unavailable, browser.token()) == (503, "1")
    assert [seen.status for seen in (*throttled.seen(), *unavailable.seen())] == [429, 503]
