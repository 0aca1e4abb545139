from collections.abc import Callable

import pytest

from tests.simulator.backend.local import Local, play


async def _pushed(local: Local, *people: str) -> list[str]:
    return sorted(one.token for one in await local.store.subscriptions_of(people))


@pytest.mark.parametrize(("bug", "reached"), [("cache-unsubscribe", ["t2"]), (None, [])])
def test_what_was_unsubscribed_is_pushed_to_until_the_person_registers(
    new_store: Callable[[], str], bug: str | None, reached: list[str]
) -> None:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "ios", "d", "t1")
        assert await _pushed(local, "ann") == ["t1"]
        await local.subscribe("ann", "ios", "d", "t2")
        assert await _pushed(local, "ann") == ["t2"]
        await local.unsubscribe("ann", "ios", "d")
        assert await _pushed(local, "ann") == reached
        await local.subscribe("ann", "ios", "e", "t3")
        assert await _pushed(local, "ann") == ["t3"]

    play(new_store(), bug, scene)
