from collections.abc import Callable

import pytest

from tests.simulator.backend.local import Local, play


@pytest.mark.parametrize(("bug", "left"), [("prune-by-device", []), (None, ["t2"])])
def test_a_late_verdict_on_the_old_token_takes_the_new_one_along(
    new_store: Callable[[], str], bug: str | None, left: list[str]
) -> None:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "ios", "d", "t1")
        (pushed_to,) = await local.store.subscriptions_of(["ann"])
        await local.subscribe("ann", "ios", "d", "t2")
        await local.store.prune(pushed_to, None)
        assert await local.reached("ann") == left

    play(new_store(), bug, scene)
