from collections.abc import Callable

from tests.simulator.backend.local import Local, play


async def _logout_of_one(local: Local) -> None:
    await local.subscribe("ann", "ios", "d1", "t1")
    await local.subscribe("ann", "fcm", "d2", "t2")
    await local.subscribe("bob", "ios", "d3", "t3")
    await local.unsubscribe("ann", "ios", "d1")


def test_one_unsubscribe_removes_everything_of_the_person(new_store: Callable[[], str]) -> None:
    assert play(new_store(), "unsubscribe-all", _logout_of_one) == [("ios", "d3", "bob", "t3")]
    assert play(new_store(), None, _logout_of_one) == [("fcm", "d2", "ann", "t2"), ("ios", "d3", "bob", "t3")]
