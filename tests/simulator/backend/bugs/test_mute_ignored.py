from collections.abc import Callable

import pytest

from tests.simulator.backend.local import Local, play


@pytest.mark.parametrize(("bug", "receivers"), [("mute-ignored", ["bob", "cat"]), (None, ["cat"])])
def test_a_room_that_was_muted_goes_on_pushing(
    new_store: Callable[[], str], bug: str | None, receivers: list[str]
) -> None:
    found: list[str] = []

    async def scene(local: Local) -> None:
        for person in ("ann", "bob", "cat"):
            await local.call("/admin/clients", {"_id": person}, {"im-api-key": "api key"})
        room = {"_id": "r", "invitee": ["bob", "cat"]}
        assert (await local.call("/rooms/createAndJoin", room, local.person("ann")))[0] == 200
        status, answer = await local.call("/me/mute/r", {}, local.person("bob"))
        assert (status, answer["RC"], answer["result"]["mute"]) == (200, 0, ["r"])
        found.extend(await local.app.parts.rooms.receivers("r", "ann"))

    play(new_store(), bug, scene)
    assert found == receivers
