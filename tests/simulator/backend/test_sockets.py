"""Live sockets: who may open one, and that the devices behind them are not told what they can see."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from simulator.backend import reply
from simulator.backend.reply import Refused, Reply
from simulator.backend.tables.sockets import Sockets
from tests.simulator.backend.conversation import done, furnished, refusal, say
from tests.simulator.backend.local import PLATFORM, Local, play


def on(local: Local, who: str, device: str) -> dict[str, str]:
    return {**local.person(who), "im-device-id": device}


async def refused(local: Local, path: str, headers: dict[str, str]) -> Reply:
    with pytest.raises(Refused) as error:
        async with local.app.connected(path, headers):
            pytest.fail("it was let in")
    return error.value.reply


def test_while_a_socket_is_open_its_device_is_not_told(store: str) -> None:
    async def scene(local: Local) -> None:
        await furnished(local, "ann", "bob", "cleo")
        async with local.app.connected("/socket", on(local, "bob", "phone")):
            await say(local, "ann", "Hi")
            async with (
                local.app.connected("/socket/", on(local, "bob", "tablet")),
                local.app.connected("/socket", on(local, "cleo", "phone")),
                local.app.connected("/socket", on(local, "ann", "phone")),  # who speaks is not told anyway
            ):
                await say(local, "ann", "Hi")
            await say(local, "ann", "Hi")
        await say(local, "ann", "Hi")
        bob = ("bob", "phone")
        assert local.pusher.spared == [{bob}, {bob, ("bob", "tablet"), ("cleo", "phone")}, {bob}, set()]

    play(store, None, scene)


def test_a_device_has_a_socket_until_its_last_one_closes(store: str) -> None:
    async def scene(local: Local) -> None:
        async with local.app.connected("/socket", on(local, "bob", "phone")):
            async with local.app.connected("/socket", on(local, "bob", "phone")):
                pass
            assert await local.parts.sockets.devices_of(["bob", "ann"]) == {("bob", "phone")}
        assert await local.parts.sockets.devices_of(["bob", "ann"]) == set()

    play(store, None, scene)


def test_a_push_that_the_platform_asks_for_goes_to_all_devices(store: str) -> None:
    async def scene(local: Local) -> None:
        async with local.app.connected("/socket", on(local, "bob", "phone")):
            await done(local, "/push/push2clients", {"clients": ["bob"], "payload": {"alert": "Hi"}}, PLATFORM)
        assert local.pusher.spared == [set()]

    play(store, None, scene)


def test_another_process_knows_of_a_socket_until_its_own_is_heard_of_no_more(store: str) -> None:
    async def scene(local: Local) -> None:
        killed, other = (Sockets(local.parts.store.database, local.clock) for _ in range(2))
        async with AsyncExitStack() as never_left:
            await never_left.enter_async_context(killed.live("bob", "phone"))
            assert await other.devices_of(["bob"]) == {("bob", "phone")}
            local.clock.now += 9.9
            assert await other.devices_of(["bob"]) == {("bob", "phone")}
            local.clock.now += 0.2
            assert await other.devices_of(["bob"]) == set()
        await killed.close()

    play(store, None, scene)


def test_sockets_are_renewed_while_their_process_lives(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.backend.tables.sockets._RENEWED_EVERY", 0.001)

    async def scene(local: Local) -> None:
        async with local.app.connected("/socket", on(local, "bob", "phone")):
            local.clock.now += 60
            for _ in range(10_000):
                await asyncio.sleep(0.001)
                if found := await local.parts.sockets.devices_of(["bob"]):
                    break
            assert found == {("bob", "phone")}
        await local.parts.sockets.close()

    play(store, None, scene)


def test_who_may_not_connect_is_refused(tmp_path: Path) -> None:
    async def scene(local: Local) -> None:
        good = on(local, "bob", "phone")
        assert await refused(local, "/elsewhere", good) == reply.NOT_FOUND
        assert await refused(local, "/socket", {**good, "im-authorization": "bad"}) == reply.INVALID_TOKEN
        assert (await refused(local, "/socket", {**good, "im-client-key": "bad"})).status == 403
        assert await refused(local, "/socket", {**PLATFORM, "im-device-id": "phone"}) == reply.INVALID_TOKEN
        assert (await refused(local, "/socket", {**good, "im-device-id": ""})).status == 400
        assert (await refused(local, "/socket", {**good, "im-device-id": "x" * 256})).status == 400
        await done(local, "/me/logout", {}, good)
        assert await refused(local, "/socket", good) == reply.INVALID_TOKEN
        answer = await local.call("/socket", {}, local.person("ann"), "GET")
        assert answer == refusal(426, "Upgrade Required", "UPGRADE_REQUIRED", "Open a WebSocket here")

    play(tmp_path / "b.sqlite", None, scene)
