"""Rooms, and who is in them."""

from typing import Any

import pytest

from simulator.backend.policy import Policy
from tests.simulator.backend.conversation import (
    ANN,
    BOB,
    CLEO,
    DENIED,
    NO_CLIENT,
    NO_ROOM,
    NOW,
    badge,
    done,
    furnished,
    people,
    refusal,
    told,
)
from tests.simulator.backend.local import PLATFORM, Answer, Local, play


def test_a_room_is_made_with_its_members(store: str) -> None:
    async def scene(local: Local) -> None:
        await people(local)
        said = {"_id": "r", "name": "R", "cover": "https://x/y", "description": "D", "members": ["cleo", "ann", "ann"]}
        room = {"_id": "r", "id": "r", "name": "R", "cover": "https://x/y", "description": "D"}
        made = await done(local, "/rooms/", said, PLATFORM)
        assert made == {**room, "roomType": "group", "createdTimeMS": NOW, "members": [ANN, CLEO]}
        again = await local.call("/rooms", {"_id": "r", "members": ["bob"]}, PLATFORM)
        assert again == refusal(409, "Conflict", "ROOM_EXISTS", "There is a room of this _id")
        assert await local.parts.rooms.members("r") == ["ann", "cleo"]
        first, second = [await done(local, "/rooms", {}, PLATFORM) for _ in range(2)]
        assert first["_id"] != second["_id"]
        assert first["members"] == []
        assert local.pusher.asked == []

    play(store, None, scene)


def test_two_people_have_one_direct_room(store: str) -> None:
    async def scene(local: Local) -> None:
        await people(local)
        first = await done(local, "/rooms", {"roomType": "direct", "members": ["ann", "bob"]}, PLATFORM)
        ann = local.person("bob")
        again = await done(local, "/rooms/createAndJoin", {"roomType": "direct", "invitee": "ann"}, ann)
        assert first == again
        assert (first["roomType"], first["members"]) == ("direct", [ANN, BOB])
        other = await done(local, "/rooms", {"roomType": "direct", "members": ["ann", "cleo"]}, PLATFORM)
        assert other["_id"] != first["_id"]
        for members in ([], ["ann"], ["ann", "ann"], ["ann", "bob", "cleo"]):
            answer = await local.call("/rooms", {"roomType": "direct", "members": members}, PLATFORM)
            assert answer == refusal(400, "Bad Request", "INVALID_PARAMETER", "a direct room has two members")
        status, _ = await local.call("/rooms", {"roomType": "crowd"}, PLATFORM)
        assert status == 400

    play(store, None, scene)


def test_a_person_who_makes_a_room_is_in_it_and_those_invited_are_told(store: str) -> None:
    async def scene(local: Local) -> None:
        await people(local)
        said = {"_id": "r", "invitee": ["bob", "cleo"], "systemMessage": True}
        made = await done(local, "/rooms/createAndJoin", said, local.person("ann"))
        assert made["members"] == [ANN, BOB, CLEO]
        assert told(local) == [(["bob", "cleo"], "im_loc_addMembers", ["Ann", "Bob, cleo"])]
        assert [await badge(local, who) for who in ("ann", "bob", "cleo")] == [0, 1, 1]

    play(store, None, scene)


def test_people_come_and_go_and_the_room_is_told_when_asked_for(store: str) -> None:
    async def scene(local: Local) -> None:
        await furnished(local, "ann")
        ann, bob, cleo = (local.person(who) for who in ("ann", "bob", "cleo"))
        loud = {"systemMessage": True}
        assert (await done(local, "/rooms/r/members", {"invitees": ["bob"], **loud}, ann))["members"] == [ANN, BOB]
        await done(local, "/rooms/r/members", {"invitees": ["bob"], **loud}, ann)  # who is in it already
        assert (await done(local, "/rooms/r/join", loud, cleo))["members"] == [ANN, BOB, CLEO]
        await done(local, "/rooms/r/join", loud, cleo)
        assert (await done(local, "/rooms/r/delete/members", {"members": ["cleo"], **loud}, cleo))["members"] == [
            ANN,
            BOB,
        ]
        await done(local, "/rooms/r/delete/members", {"members": ["bob", "cleo"], **loud}, ann)
        await done(local, "/rooms/r/members", {"invitees": ["bob", "cleo"], **loud}, PLATFORM)
        await done(local, "/rooms/r/delete/members", {"members": ["bob"]}, bob)  # not asked for
        await done(local, "/rooms/r/members", {"invitees": ["bob"]}, ann)
        assert told(local) == [
            (["bob"], "im_loc_addMember", ["Ann", "Bob"]),
            (["ann", "bob"], "im_loc_joinRoom", ["cleo", "cleo"]),
            (["ann", "bob"], "im_loc_leaveRoom", ["cleo", "cleo"]),
            # the last one to be told is nobody: only ann is left
            (["ann", "bob", "cleo"], "im_loc_addMembers", ["", "Bob, cleo"]),
        ]

    play(store, None, scene)


@pytest.mark.parametrize(
    ("method", "path", "body", "answer"),
    [
        ("POST", "/rooms/r/members", {"invitees": ["bob"]}, DENIED),
        ("POST", "/rooms/r/delete/members", {"members": ["ann"]}, DENIED),
        ("POST", "/messages", {"room": "r", "message": "m", "messageType": "text"}, DENIED),
        ("POST", "/messages/batch", {"message": "m", "messageType": "text", "paras": [{"room": "r"}]}, DENIED),
        ("POST", "/rooms/none/members", {"invitees": ["bob"]}, NO_ROOM),
        ("POST", "/rooms/none/delete/members", {"members": ["ann"]}, NO_ROOM),
        ("POST", "/rooms/none/join", {}, NO_ROOM),
        ("POST", "/me/mute/none", {}, NO_ROOM),
        ("DELETE", "/me/mute/none", {}, NO_ROOM),
        ("POST", "/messages", {"room": "none", "message": "m", "messageType": "text"}, NO_ROOM),
        ("POST", "/messages/batch", {"message": "m", "messageType": "text", "paras": [{"room": "none"}]}, NO_ROOM),
        ("POST", "/rooms/createAndJoin", {"invitee": ["nobody"]}, NO_CLIENT),
        (
            "PUT",
            "/rooms/r/lastRead",
            {"message": "none"},
            refusal(404, "Not Found", "ROOM_NOT_FOUND", "Room or message not found"),
        ),
    ],
)
def test_who_is_not_in_the_room_changes_nothing_in_it(
    store: str, method: str, path: str, body: dict[str, Any], answer: Answer
) -> None:
    async def scene(local: Local) -> None:
        await furnished(local, "ann")
        before = await local.database.query("SELECT * FROM rooms"), await local.database.query("SELECT * FROM members")
        assert await local.call(path, body, local.person("cleo"), method) == answer
        after = await local.database.query("SELECT * FROM rooms"), await local.database.query("SELECT * FROM members")
        assert after == before
        assert await local.database.query("SELECT * FROM messages") == []

    play(store, None, scene)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/rooms", {"members": ["ann", "nobody"]}),
        ("/rooms/r/members", {"invitees": ["nobody"]}),
        ("/messages", {"room": "r", "message": "m", "messageType": "text", "sender": "nobody"}),
        ("/messages/batch", {"message": "m", "messageType": "t", "paras": [{"receiver": "nobody"}], "sender": "ann"}),
    ],
)
def test_clients_whom_nobody_made_are_not_found_unless_they_are_to_be_taken(
    new_store: Any,  # noqa: ANN401 - a fixture
    path: str,
    body: dict[str, Any],
) -> None:
    async def refused(local: Local) -> None:
        await furnished(local, "ann")
        assert await local.call(path, body, PLATFORM) == NO_CLIENT

    async def taken(local: Local) -> None:
        await furnished(local, "ann")
        await done(local, path, body, PLATFORM)

    play(new_store(), None, refused)
    play(new_store(), None, taken, policy=Policy(unknown_client="accept"))
