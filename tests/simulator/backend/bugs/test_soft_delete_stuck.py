from collections.abc import Callable

from tests.simulator.backend.local import Local, play


async def _comes_back(local: Local) -> None:
    await local.subscribe("ann", "ios", "d", "t1")
    await local.unsubscribe("ann", "ios", "d")
    assert (await local.subscribe("ann", "ios", "d", "t2"))[1] == {"RC": 0, "RM": "OK", "result": {}}


def test_subscribing_again_is_answered_ok_and_has_no_effect(new_store: Callable[[], str]) -> None:
    assert play(new_store(), "soft-delete-stuck", _comes_back) == []
    assert play(new_store(), None, _comes_back) == [("ios", "d", "ann", "t2")]
