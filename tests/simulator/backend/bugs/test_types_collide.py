from collections.abc import Callable

from tests.simulator.backend.local import Local, play


async def _both_types(local: Local) -> None:
    await local.subscribe("ann", "ios", "d", "t1")
    await local.subscribe("ann", "ios-voip", "d", "t2")


def test_the_second_type_of_a_device_replaces_the_first(new_store: Callable[[], str]) -> None:
    assert play(new_store(), "types-collide", _both_types) == [("ios-voip", "d", "ann", "t2")]
    assert play(new_store(), None, _both_types) == [("ios", "d", "ann", "t1"), ("ios-voip", "d", "ann", "t2")]
