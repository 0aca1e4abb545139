from collections.abc import Callable

from tests.simulator.backend.local import Local, play


async def _subscribes(local: Local) -> None:
    assert (await local.subscribe("ann", "ios", "d", "t1"))[0] == 200


async def _nothing(_: Local) -> None:
    pass


async def _goes(local: Local) -> None:
    await _subscribes(local)
    assert (await local.unsubscribe("ann", "ios", "d"))[1]["result"]["n"] == 1


def test_what_was_acknowledged_is_not_there_yet(new_store: Callable[[], str]) -> None:
    assert play(new_store(), "ack-before-write", _subscribes) == []
    assert play(new_store(), None, _subscribes) == [("ios", "d", "ann", "t1")]


def test_it_is_written_where_the_backend_ends_politely_and_before_it_is_removed(new_store: Callable[[], str]) -> None:
    store = new_store()
    play(store, "ack-before-write", _subscribes)
    assert play(store, "ack-before-write", _nothing) == [("ios", "d", "ann", "t1")]
    assert play(new_store(), "ack-before-write", _goes) == []
