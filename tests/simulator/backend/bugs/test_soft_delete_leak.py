from collections.abc import Callable

import pytest

from tests.simulator.backend.local import Local, play


@pytest.mark.parametrize(("bug", "reached"), [("soft-delete-leak", ["t1"]), (None, [])])
def test_what_was_unsubscribed_is_pushed_to_and_no_row_shows_it(
    new_store: Callable[[], str], bug: str | None, reached: list[str]
) -> None:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "ios", "d", "t1")
        assert (await local.unsubscribe("ann", "ios", "d"))[1]["result"]["n"] == 1
        assert await local.reached("ann") == reached
        assert await local.rows() == []
        await local.subscribe("ann", "ios", "d", "t2")
        assert await local.reached("ann") == ["t2"]

    play(new_store(), bug, scene)
