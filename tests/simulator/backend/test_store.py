import asyncio

import pytest

from simulator.backend.database import DatabaseError
from tests.simulator.backend.local import Local, opened, play


def test_the_same_slot_again_replaces_the_token(store: str) -> None:
    async def scene(local: Local) -> None:
        for token in ("t1", "t2", "t2"):
            assert (await local.subscribe("ann", "ios", "d", token))[0] == 200

    assert play(store, None, scene) == [("ios", "d", "ann", "t2")]


def test_every_device_and_every_type_is_a_subscription_of_its_own(store: str) -> None:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "ios", "d1", "t1")
        await local.subscribe("ann", "ios-voip", "d1", "t2")
        await local.subscribe("ann", "ios", "d2", "t3")
        await local.subscribe("ann", "ios", "D2", "t4")

    assert play(store, None, scene) == [
        ("ios", "D2", "ann", "t4"),
        ("ios", "d1", "ann", "t1"),
        ("ios", "d2", "ann", "t3"),
        ("ios-voip", "d1", "ann", "t2"),
    ]


def test_the_same_token_under_two_devices_is_kept_under_both(store: str) -> None:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "fcm", "d1", "t")
        await local.subscribe("bob", "fcm", "d2", "t")

    assert play(store, None, scene) == [("fcm", "d1", "ann", "t"), ("fcm", "d2", "bob", "t")]


def test_the_newest_owner_takes_a_device_over_and_the_former_one_cannot_remove_it(store: str) -> None:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "ios", "d", "t1")
        await local.subscribe("bob", "ios", "d", "t2")
        assert await local.unsubscribe("ann", "ios", "d") == (200, {"RC": 0, "RM": "OK", "result": {"n": 0, "ok": 1}})

    assert play(store, None, scene) == [("ios", "d", "bob", "t2")]


def test_a_device_that_two_people_take_over_from_a_third_at_once_is_one_of_theirs(store: str) -> None:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "ios", "d", "t1")
        await asyncio.gather(*(local.subscribe(person, "ios", "d", person) for person in ("bob", "eve") * 10))

    assert play(store, None, scene) in ([("ios", "d", "bob", "bob")], [("ios", "d", "eve", "eve")])


@pytest.mark.parametrize(("push_type", "device"), [("ios", "d2"), ("ios-voip", "d1")])
def test_unsubscribing_needs_both_type_and_device_to_match(store: str, push_type: str, device: str) -> None:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "ios", "d1", "t")
        assert (await local.unsubscribe("ann", push_type, device))[1]["result"]["n"] == 0

    assert play(store, None, scene) == [("ios", "d1", "ann", "t")]


def test_upserts_at_the_same_moment_leave_one_row(store: str) -> None:
    async def scene(local: Local) -> None:
        answers = await asyncio.gather(*(local.subscribe("ann", "ios", "d", f"t{n}") for n in range(50)))
        assert {status for status, _ in answers} == {200}

    assert len(play(store, None, scene)) == 1


def test_a_client_keeps_what_an_update_does_not_mention(store: str) -> None:
    async def scene(local: Local) -> None:
        await local.parts.clients.add("ann", "Ann", None)
        await local.parts.clients.add("ann", None, "https://example.com/a.png")
        found = await local.database.execute("SELECT * FROM clients")
        assert found.rows == [("ann", "Ann", "https://example.com/a.png")]
        assert await local.parts.clients.has("ann")
        assert not await local.parts.clients.has("bob")

    play(store, None, scene)


def test_a_row_carries_the_time_of_its_last_write(store: str) -> None:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "ios", "d", "t1")
        local.clock.now += 1.5
        await local.subscribe("ann", "ios", "d", "t2")
        found = await local.database.execute('SELECT "updated_at" FROM subscriptions')
        assert found.rows == [(1_800_000_001_500,)]

    play(store, None, scene)


def test_a_database_is_taken_up_again_and_duplicates_that_a_bug_left_are_refused(store: str) -> None:
    async def keep(local: Local) -> None:
        await local.subscribe("ann", "ios", "d", "t1")

    async def rotate(local: Local) -> None:
        await local.subscribe("ann", "ios", "d", "t2")

    async def open_only() -> None:
        async with opened(store):
            pass

    play(store, None, keep)
    assert len(play(store, "key-on-token", rotate)) == 2
    with pytest.raises(DatabaseError, match=r"(?i)unique"):
        asyncio.run(open_only())
