from collections.abc import Callable

from tests.simulator.backend.local import Local, play


async def _changes_hands(local: Local) -> None:
    await local.subscribe("ann", "ios", "d", "t1")
    await local.subscribe("bob", "ios", "d", "t2")


def test_the_former_owner_keeps_a_row(new_store: Callable[[], str]) -> None:
    assert play(new_store(), "key-with-owner", _changes_hands) == [("ios", "d", "ann", "t1"), ("ios", "d", "bob", "t2")]
    assert play(new_store(), None, _changes_hands) == [("ios", "d", "bob", "t2")]
