from collections.abc import Callable

from tests.simulator.backend.local import Local, play


async def _two_devices(local: Local) -> None:
    await local.subscribe("ann", "ios", "d1", "t1")
    await local.subscribe("ann", "fcm", "d2", "t2")


def test_the_second_device_replaces_the_first(new_store: Callable[[], str]) -> None:
    assert play(new_store(), "one-device-per-user", _two_devices) == [("fcm", "d2", "ann", "t2")]
    assert play(new_store(), None, _two_devices) == [("fcm", "d2", "ann", "t2"), ("ios", "d1", "ann", "t1")]
