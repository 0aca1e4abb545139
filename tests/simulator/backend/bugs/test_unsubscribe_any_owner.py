from collections.abc import Callable

from tests.simulator.backend.local import Local, play


async def _late_logout(local: Local) -> None:
    await local.subscribe("ann", "ios", "d", "t1")
    await local.subscribe("bob", "ios", "d", "t2")
    await local.unsubscribe("ann", "ios", "d")


def test_a_late_unsubscribe_removes_the_new_owners_row(new_store: Callable[[], str]) -> None:
    assert play(new_store(), "unsubscribe-any-owner", _late_logout) == []
    assert play(new_store(), None, _late_logout) == [("ios", "d", "bob", "t2")]
