"""The watch over these tests sees what it is there for, and clients trust nobody but the test authority."""

import asyncio
import json
import socket
import ssl

import aiohttp
import pytest
import requests
from pywebpush import webpush, webpush_async

from simulator.tokens import PushType
from tests.interop.closed import LeftTheMachineError, Watch
from tests.interop.redirected import connector, session
from tests.interop.world import World


def test_a_name_is_not_looked_up(closed: Watch) -> None:
    with pytest.raises(LeftTheMachineError):
        socket.getaddrinfo(b"push.invalid", 443)
    with pytest.raises(LeftTheMachineError):
        socket.gethostbyname("localhost")
    with pytest.raises(LeftTheMachineError):
        socket.create_connection(("push.invalid", 443))
    assert closed.refused() == ["look up b'push.invalid'", "look up localhost", "look up push.invalid"]


def test_another_host_is_not_connected_to(closed: Watch) -> None:
    with pytest.raises(LeftTheMachineError):
        socket.create_connection(("192.0.2.1", 443), timeout=1)
    secured = ssl.create_default_context().wrap_socket(socket.socket(), server_hostname="push.invalid")
    with secured, pytest.raises(LeftTheMachineError):
        secured.connect(("192.0.2.1", 443))
    with pytest.raises(LeftTheMachineError):
        asyncio.run(asyncio.wait_for(asyncio.open_connection("192.0.2.1", 443), 1))
    assert (closed.refused(), closed.connected) == (["connect to 192.0.2.1"] * 3, set())


def test_a_client_that_is_not_redirected_gets_nowhere(world: World, closed: Watch) -> None:
    subscription = json.loads(world.device(PushType.WEB).token("safari"))
    with pytest.raises(requests.exceptions.ConnectionError):
        webpush(subscription, "Hello")
    with pytest.raises(aiohttp.ClientConnectorError):
        asyncio.run(webpush_async(subscription, "Hello"))
    assert (closed.refused(), world.seen()) == (["look up web.push.apple.com"] * 2, [])


def test_a_server_that_the_authority_does_not_vouch_for_is_not_talked_to(world: World, throttled: World) -> None:
    subscription = json.loads(world.device(PushType.WEB).token())
    moved = {**subscription, "endpoint": subscription["endpoint"].replace(".com", ".example")}
    with session(world, trusting=throttled) as distrusting, session(world) as trusting:
        for send, to in ((distrusting, subscription), (trusting, moved)):
            with pytest.raises(requests.exceptions.SSLError):
                webpush(to, "Hello", requests_session=send)
    asyncio.run(_refuse(world, throttled, subscription))
    asyncio.run(_refuse(world, world, moved))
    assert world.seen() == []


async def _refuse(world: World, trusting: World, subscription: dict[str, str | bytes | dict[str, str | bytes]]) -> None:
    async with aiohttp.ClientSession(connector=connector(world, trusting=trusting)) as client:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await webpush_async(subscription, "Hello", aiohttp_session=client)
