from collections.abc import Callable

from tests.simulator.backend.local import Local, play


async def _rotates_and_leaves(local: Local) -> None:
    await local.subscribe("ann", "ios", "d", "t1")
    local.clock.now += 1
    await local.subscribe("ann", "ios", "d", "t2")
    await local.unsubscribe("ann", "ios", "d")


def test_the_older_row_stays(new_store: Callable[[], str]) -> None:
    assert play(new_store(), "unsubscribe-one-row", _rotates_and_leaves) == [("ios", "d", "ann", "t1")]
    assert play(new_store(), None, _rotates_and_leaves) == []
