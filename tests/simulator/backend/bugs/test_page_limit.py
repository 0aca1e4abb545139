from collections.abc import Callable

import pytest

from tests.simulator.backend.local import Local, play


@pytest.mark.parametrize(("bug", "reached"), [("page-limit", range(2, 12)), (None, range(12))])
def test_the_ten_newest_devices_alone_are_pushed_to(
    new_store: Callable[[], str], bug: str | None, reached: range
) -> None:
    async def scene(local: Local) -> None:
        for number in range(12):
            local.clock.now += 1
            await local.subscribe("ann", "ios", f"d{number}", f"t{number:02}")
        assert await local.reached("ann") == [f"t{number:02}" for number in reached]

    play(new_store(), bug, scene)
