from collections.abc import Callable

import pytest

from tests.simulator.backend.local import Local, play


@pytest.mark.parametrize(("bug", "reached"), [("replica-lag", ["t1"]), (None, ["t2"])])
def test_a_push_soon_after_an_update_goes_to_the_old_token(
    new_store: Callable[[], str], bug: str | None, reached: list[str]
) -> None:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "ios", "d", "t1")
        assert await local.reached("ann") == ["t1"]
        await local.subscribe("ann", "ios", "d", "t2")
        assert await local.reached("ann") == reached
        local.clock.now += 0.6
        assert await local.reached("ann") == ["t2"]

    play(new_store(), bug, scene)
