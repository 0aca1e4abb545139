from collections.abc import Callable

import pytest

from tests.simulator.backend.local import Local, play


async def _pushed(local: Local, *people: str) -> list[str]:
    return sorted(one.token for one in await local.store.subscriptions_of(people))


@pytest.mark.parametrize(("bug", "reached"), [("replica-lag", ["t1"]), (None, ["t2"])])
def test_a_push_soon_after_an_update_goes_to_the_old_token(
    new_store: Callable[[], str], bug: str | None, reached: list[str]
) -> None:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "ios", "d", "t1")
        assert await _pushed(local, "ann") == ["t1"]
        await local.subscribe("ann", "ios", "d", "t2")
        assert await _pushed(local, "ann") == reached
        local.clock.now += 0.6
        assert await _pushed(local, "ann") == ["t2"]

    play(new_store(), bug, scene)
