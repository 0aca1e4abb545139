from collections.abc import Callable

import pytest

from tests.simulator.backend.local import Local, play


@pytest.mark.parametrize(("bug", "reached"), [("cache-unsubscribe", ["t2"]), (None, [])])
def test_what_was_unsubscribed_is_pushed_to_until_the_person_registers(
    new_store: Callable[[], str], bug: str | None, reached: list[str]
) -> None:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "ios", "d", "t1")
        assert await local.reached("ann") == ["t1"]
        await local.subscribe("ann", "ios", "d", "t2")
        assert await local.reached("ann") == ["t2"]
        await local.unsubscribe("ann", "ios", "d")
        assert await local.reached("ann") == reached
        await local.subscribe("ann", "ios", "e", "t3")
        assert await local.reached("ann") == ["t3"]

    play(new_store(), bug, scene)
