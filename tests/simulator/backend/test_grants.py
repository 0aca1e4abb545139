"""Client tokens revoked, in whichever process."""

import asyncio
from collections.abc import Callable

import pytest

from simulator.backend.authentication import Keys
from simulator.backend.client_tokens import ClientTokens
from simulator.backend.parts import Parts
from simulator.backend.store import Store
from tests.simulator.backend.bearers import CALLS, OK, REVOKED, SLOT, SUBSCRIBE, bearing, bound, issued, two_processes
from tests.simulator.backend.local import PLATFORM, Local, play


class Unguarded(Store):
    """Forgets to ask whether a token was revoked, and does not have it asked before either."""

    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        await super().subscribe(str(owner), push_type, device_id, token)

    async def unsubscribe(self, owner: str, push_type: str, device_id: str) -> int:
        return await super().unsubscribe(str(owner), push_type, device_id)


Unguarded.looks_first = False


@pytest.mark.parametrize("kind", ["issued", "bound"])
@pytest.mark.parametrize("way", ["logout", "all", "one"])
def test_a_revoked_token_is_refused_at_once_by_every_process_and_changes_nothing(
    store: str, kind: str, way: str
) -> None:
    async def scene(one: Local, other: Local) -> None:
        await one.call("/rooms", {"_id": "r", "members": []}, PLATFORM)
        ann = await issued(one, "ann")
        if kind == "bound":
            await bound(one, "ann", "own")
            ann = bearing("own")
        for local in (one, other):
            assert await local.call("/me/subscribe", SUBSCRIBE, ann) == OK
        if way == "logout":
            assert (await one.call("/me/logout", {}, ann))[0] == 200
        else:
            said = {"token": ann["im-authorization"]} if way == "one" else {}
            assert await one.call("/admin/clients/ann/token", said, PLATFORM, "DELETE") == OK
        for local in (other, one):
            for method, path, body in CALLS:
                assert await local.call(path, body, ann, method) == REVOKED
        assert await one.rows() == [("ios", "d", "ann", "t")]
        assert await one.database.query("SELECT * FROM members") == []

    two_processes(store, scene)


@pytest.mark.parametrize("kind", ["issued", "bound"])
def test_a_revoked_token_takes_no_device_over(store: str, kind: str) -> None:
    async def scene(local: Local) -> None:
        ann, bob = await issued(local, "ann"), await issued(local, "bob")
        if kind == "bound":
            await bound(local, "ann", "own")
            ann = bearing("own")
        assert await local.call("/me/subscribe", SUBSCRIBE, bob) == OK
        await local.call("/me/logout", {}, ann)
        assert await local.call("/me/subscribe", {**SUBSCRIBE, "token": "other"}, ann) == REVOKED

    assert play(store, None, scene) == [("ios", "d", "bob", "t")]


def test_a_store_that_does_not_ask_lets_a_revoked_token_in(store: str) -> None:
    async def scene(local: Local) -> None:
        unguarded = Unguarded(local.database, local.clock)
        tokens = ClientTokens("secret", clock=local.clock)
        local.app.parts = Parts.of(unguarded, Keys("client key", "api key"), tokens)
        ann = await issued(local, "ann")
        await local.call("/me/logout", {}, ann)
        assert await local.call("/me/subscribe", SUBSCRIBE, ann) == OK

    assert play(store, None, scene) == [("ios", "d", "ann", "t")]


@pytest.mark.parametrize("bug", ["debounce", "insert-race", "swallowed-error", "unsubscribe-all", "voip-shares-ios"])
def test_a_bug_that_writes_in_its_own_way_refuses_a_revoked_token_all_the_same(store: str, bug: str) -> None:
    async def scene(local: Local) -> None:
        ann = await issued(local, "ann")
        await local.call("/me/logout", {}, ann)
        assert await local.call("/me/subscribe", SUBSCRIBE, ann) == REVOKED
        assert await local.call("/me/unsubscribe", SLOT, ann) == REVOKED

    assert play(store, bug, scene) == []


def test_logging_out_leaves_the_persons_other_tokens_and_devices(store: str) -> None:
    async def scene(local: Local) -> None:
        phone, tablet = await issued(local, "ann"), local.person("bob")
        local.clock.now += 1
        other_token = await issued(local, "ann")
        for kind, device in (("ios", "d"), ("ios-voip", "d"), ("ios", "e")):
            await local.call("/me/subscribe", {"type": kind, "deviceId": device, "token": "t"}, phone)
        await local.call("/me/subscribe", {"type": "fcm", "deviceId": "d", "token": "t"}, tablet)
        status, answer = await local.call("/me/logout", {}, {**phone, "im-device-id": "d"})
        assert (status, answer["result"]) == (
            200,
            {
                "token": phone["im-authorization"],
                "expirationDate": "2027-01-22T08:00:00.000Z",
                "expirationDateMS": 1_800_604_800_000,
            },
        )
        assert await local.call("/me/badge", {}, phone, "GET") == REVOKED
        assert (await local.call("/me/badge", {}, other_token, "GET"))[0] == 200

    assert play(store, None, scene) == [("fcm", "d", "bob", "t"), ("ios", "e", "ann", "t")]


def test_nothing_that_was_under_way_at_logout_is_left_of_the_device(tmp_path_factory: pytest.TempPathFactory) -> None:
    # On SQLite, which applies one statement after the other.
    path = tmp_path_factory.mktemp("logout") / "b.sqlite"

    async def scene(local: Local) -> None:
        for turn in range(30):
            local.clock.now += 1
            ann = await issued(local, "ann")
            subscribing = [
                asyncio.create_task(local.call("/me/subscribe", {**SUBSCRIBE, "token": f"{turn}-{number}"}, ann))
                for number in range(5)
            ]
            for _ in range(turn % 5):
                await asyncio.sleep(0)
            assert (await local.call("/me/logout", {}, {**ann, "im-device-id": "d"}))[0] == 200
            assert await local.rows() == []
            await asyncio.gather(*subscribing)
            assert await local.rows() == []

    assert play(path, None, scene) == []


def test_a_token_issued_in_the_second_of_a_revocation_is_good_and_revoked_by_the_next(store: str) -> None:
    async def scene(one: Local, other: Local) -> None:
        tokens = []
        for _ in range(3):
            tokens.append(await issued(one, "ann"))
            assert (await other.call("/me/badge", {}, tokens[-1], "GET"))[0] == 200
            assert await other.call("/admin/clients/ann/token", {}, PLATFORM, "DELETE") == OK
            for token in tokens:
                assert await one.call("/me/badge", {}, token, "GET") == REVOKED
        assert (await one.call("/me/badge", {}, await issued(other, "ann"), "GET"))[0] == 200

    two_processes(store, scene)


def test_a_revocation_outlives_the_process_and_touches_nobody_else(store: str) -> None:
    headers: dict[str, dict[str, str]] = {}

    async def revoke(local: Local) -> None:
        headers.update(ann=await issued(local, "ann"), bob=await issued(local, "bob"))
        await local.call("/admin/clients/ann/token", {}, PLATFORM, "DELETE")

    async def later(local: Local) -> None:
        assert await local.call("/me/subscribe", SUBSCRIBE, headers["ann"]) == REVOKED
        assert await local.call("/me/subscribe", SUBSCRIBE, headers["bob"]) == OK

    play(store, None, revoke)
    assert play(store, None, later) == [("ios", "d", "bob", "t")]


def test_a_token_of_ours_is_good_over_an_empty_database_with_the_same_secret(new_store: Callable[[], str]) -> None:
    headers: dict[str, str] = {}

    async def issue(local: Local) -> None:
        headers.update(await issued(local, "ann"))

    async def elsewhere(local: Local) -> None:
        assert await local.call("/me/subscribe", SUBSCRIBE, headers) == OK

    play(new_store(), None, issue)
    assert play(new_store(), None, elsewhere) == [("ios", "d", "ann", "t")]
