"""Messages, who is told of them, and what is unread."""

import pytest

from simulator.backend import reply
from tests.simulator.backend.conversation import BOB, NOW, badge, done, furnished, refusal, say, told
from tests.simulator.backend.local import PLATFORM, Local, play


def test_a_message_is_answered_whole_and_pushed_to_the_other_members(store: str) -> None:
    async def scene(local: Local) -> None:
        await furnished(local, "ann", "bob", "cleo")
        said = {"room": "r", "message": "Hi", "messageType": "text"}
        answer = await local.reply("/messages", said, local.person("ann"))
        assert answer.headers == (("im-push-id", "1"),)
        message = await say(local, "bob", "x" * 9000)
        identity = message.pop("_id")
        assert message.pop("id") == identity
        times = dict.fromkeys(("messageTimeMS", "createdAtMS", "updatedAtMS"), NOW)
        assert message == {"room": "r", "message": "x" * 9000, "messageType": "text", "sender": "bob", **times}
        await done(local, "/messages", {**said, "messageType": "sticker", "sender": "cleo"}, PLATFORM)
        assert told(local) == [
            (["bob", "cleo"], "im_loc_text", ["Ann", "Hi"]),
            (["ann", "cleo"], "im_loc_text", ["Bob", "x" * 500]),
            (["ann", "bob"], "im_loc_sticker", ["cleo", "Hi"]),
        ]

    play(store, None, scene)


def test_the_platform_has_to_say_who_speaks(store: str) -> None:
    async def scene(local: Local) -> None:
        await furnished(local, "ann")
        answer = await local.call("/messages", {"room": "r", "message": "Hi", "messageType": "text"}, PLATFORM)
        needed = "room, message, messageType and sender are required"
        assert answer == refusal(400, "Bad Request", "MISSING_PARAMETER", needed)
        # a person speaks for themselves, whomever they name
        assert (await say(local, "ann", "Hi", sender="bob"))["sender"] == "ann"

    play(store, None, scene)


def test_a_message_without_push_or_receivers_pushes_to_nobody(store: str) -> None:
    async def scene(local: Local) -> None:
        await furnished(local, "ann", "bob")
        await say(local, "ann", "Hi", push=False)
        await done(local, "/rooms/r/delete/members", {"members": ["bob"]}, PLATFORM)
        answer = await local.reply(
            "/messages", {"room": "r", "message": "Hi", "messageType": "text"}, local.person("ann")
        )
        assert (answer.status, answer.headers) == (200, ())
        assert told(local) == []

    play(store, None, scene)


def test_who_has_muted_the_room_is_not_told_until_they_unmute_it(store: str) -> None:
    async def scene(local: Local) -> None:
        await furnished(local, "ann", "bob", "cleo")
        await done(local, "/rooms", {"_id": "q", "members": ["ann", "bob"]}, PLATFORM)
        bob = local.person("bob")
        for room in ("r", "q", "r"):
            await done(local, f"/me/mute/{room}", {}, bob)
        myself = await done(local, "/me/mute/q", {}, bob, "DELETE")
        assert myself == {**BOB, "mute": ["r"], "notificationEnabled": True}
        await say(local, "ann", "one")
        await say(local, "ann", "two", room="q")
        await done(local, "/me/mute/r", {}, bob, "DELETE")
        await say(local, "ann", "three")
        assert [(clients, arguments[1]) for clients, _, arguments in told(local)] == [
            (["cleo"], "one"),
            (["bob"], "two"),
            (["bob", "cleo"], "three"),
        ]
        assert await badge(local, "bob") == 3  # they are unread all the same

    play(store, None, scene)


def test_who_switched_notifications_off_has_no_subscription_that_a_push_reaches(store: str) -> None:
    async def scene(local: Local) -> None:
        for person in ("ann", "bob"):
            await local.subscribe(person, "ios", person, "t")
        ann = local.person("ann")
        off = await done(local, "/me/notification/disable", {}, ann)
        assert off == {"_id": "ann", "id": "ann", "mute": [], "notificationEnabled": False}
        await done(local, "/me/notification/disable", {}, ann)
        assert [one.client_id for one in await local.store.subscriptions_of(["ann", "bob"])] == ["bob"]
        assert (await done(local, "/me/notification/enable", {}, ann))["notificationEnabled"]
        assert sorted(one.client_id for one in await local.store.subscriptions_of(["ann", "bob"])) == ["ann", "bob"]

    assert len(play(store, None, scene)) == 2


def test_unread_is_what_others_said_since_one_last_read(store: str) -> None:
    async def scene(local: Local) -> None:
        await furnished(local, "ann", "bob")
        await say(local, "ann", "before cleo came")
        await done(local, "/rooms/r/join", {}, local.person("cleo"))
        first = await say(local, "ann", "one")
        second = await say(local, "bob", "two")
        third = await say(local, "ann", "three")
        assert [await badge(local, who) for who in ("ann", "bob", "cleo")] == [1, 3, 3]
        cleo = local.person("cleo")
        for message, left in ((second, 1), (first, 1), (third, 0)):  # reading back takes nothing back
            result = await done(local, "/rooms/r/lastRead", {"message": message["_id"]}, cleo, "PUT")
            assert result == {"client": "cleo", "lastRead": message["_id"], "badge": left}
        await done(local, "/rooms", {"_id": "q", "members": ["bob", "cleo"]}, PLATFORM)
        await say(local, "bob", "elsewhere", room="q")
        assert [await badge(local, who) for who in ("ann", "bob", "cleo", "stranger")] == [1, 3, 1, 0]
        answer = await local.call("/rooms/q/lastRead", {"message": third["_id"]}, cleo, "PUT")
        assert answer == refusal(404, "Not Found", "ROOM_NOT_FOUND", "Room or message not found")

    play(store, None, scene)


def test_a_batch_says_something_of_its_own_in_each_room_and_pushes_only_when_told_to(store: str) -> None:
    async def scene(local: Local) -> None:
        await furnished(local, "ann", "bob", "cleo")
        paras = [
            {"room": "r", "$name$": "all", "receiver": "ignored"},
            {"receiver": "bob", "$name$": "$greeting$", "$greeting$": "no"},
            {"receiver": "bob", "$greeting$": "Hello"},
        ]
        batch = {"message": "$greeting$ $name$", "messageType": "text", "sender": "ann", "paras": paras}
        result = await done(local, "/messages/batch", batch, PLATFORM)
        assert (result["count"], len(result["batchID"])) == (3, 24)
        assert told(local) == []
        await done(local, "/messages/batch", {**batch, "push": True}, PLATFORM)
        assert sorted(told(local)) == [
            (["bob"], "im_loc_text", ["Ann", "Hello $name$"]),
            (["bob"], "im_loc_text", ["Ann", "no $greeting$"]),
            (["bob", "cleo"], "im_loc_text", ["Ann", "$greeting$ all"]),
        ]
        assert [await badge(local, who) for who in ("ann", "bob", "cleo")] == [0, 6, 2]
        assert len(await local.database.query('SELECT "id" FROM rooms')) == 2

    play(store, None, scene)


def test_a_batch_to_receivers_needs_a_sender_and_one_person_may_send_it(store: str) -> None:
    async def scene(local: Local) -> None:
        await furnished(local, "ann")
        batch = {"message": "Hi", "messageType": "text", "paras": [{"receiver": "bob"}]}
        needed = refusal(400, "Bad Request", "MISSING_PARAMETER", "sender is required")
        assert await local.call("/messages/batch", batch, PLATFORM) == needed
        await done(local, "/messages/batch", batch, local.person("ann"))
        nobody = {**batch, "paras": [{"$name$": "x"}]}
        needed = refusal(400, "Bad Request", "MISSING_PARAMETER", "room or receiver is required")
        assert await local.call("/messages/batch", nobody, local.person("ann")) == needed
        assert await badge(local, "bob") == 1

    play(store, None, scene)


@pytest.mark.parametrize("refuses", [reply.PUSH_UNAVAILABLE, reply.PUSH_QUEUE_FULL])
def test_a_message_stands_where_its_push_is_refused(store: str, refuses: reply.Reply) -> None:
    async def scene(local: Local) -> None:
        await furnished(local, "ann", "bob")
        local.pusher.refuses = refuses
        answer = await local.reply(
            "/messages", {"room": "r", "message": "Hi", "messageType": "text"}, local.person("ann")
        )
        assert (answer.status, answer.headers) == (200, ())
        assert await badge(local, "bob") == 1

    play(store, None, scene)
