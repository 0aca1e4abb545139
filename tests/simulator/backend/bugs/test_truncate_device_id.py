from collections.abc import Callable

from tests.simulator.backend.local import Local, play

KEPT = "6F9619FF-8B86-D011-B42D-00CF4FC9"
DEVICE = KEPT + "64FF"


async def _subscribes(local: Local) -> None:
    await local.subscribe("ann", "ios", DEVICE, "t1")


async def _comes_and_goes(local: Local) -> None:
    await _subscribes(local)
    assert (await local.unsubscribe("ann", "ios", DEVICE))[1]["result"]["n"] == 1


def test_the_device_id_is_not_kept_as_it_was_sent(new_store: Callable[[], str]) -> None:
    assert play(new_store(), "truncate-device-id", _subscribes) == [("ios", KEPT, "ann", "t1")]
    assert play(new_store(), "truncate-device-id", _comes_and_goes) == []
    assert play(new_store(), None, _subscribes) == [("ios", DEVICE, "ann", "t1")]
