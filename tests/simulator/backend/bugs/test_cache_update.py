from collections.abc import Callable

import pytest

from tests.simulator.backend.local import Local, play


@pytest.mark.parametrize(("bug", "reached"), [("cache-update", ["t1"]), (None, ["t2"])])
def test_the_old_token_is_pushed_to_until_a_device_comes_or_goes(
    new_store: Callable[[], str], bug: str | None, reached: list[str]
) -> None:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "ios", "d", "t1")
        assert await local.reached("ann") == ["t1"]
        await local.subscribe("ann", "ios", "d", "t2")
        assert await local.reached("ann") == reached
        await local.subscribe("ann", "ios", "e", "t3")
        assert await local.reached("ann") == ["t2", "t3"]
        await local.unsubscribe("ann", "ios", "d")
        assert await local.reached("ann") == ["t3"]
        await local.subscribe("bob", "ios", "e", "t4")
        assert (await local.reached("ann"), await local.reached("bob")) == ([], ["t4"])

    play(new_store(), bug, scene)
