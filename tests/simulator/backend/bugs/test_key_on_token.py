from collections.abc import Callable

from tests.simulator.backend.local import Local, play


async def _rotation(local: Local) -> None:
    await local.subscribe("ann", "ios", "d", "t1")
    await local.subscribe("ann", "ios", "d", "t1")
    await local.subscribe("ann", "ios", "d", "t2")


def test_a_rotation_leaves_the_old_row(new_store: Callable[[], str]) -> None:
    assert play(new_store(), "key-on-token", _rotation) == [("ios", "d", "ann", "t1"), ("ios", "d", "ann", "t2")]
    assert play(new_store(), None, _rotation) == [("ios", "d", "ann", "t2")]


def test_n_shows_the_duplicates(new_store: Callable[[], str]) -> None:
    async def scene(local: Local) -> None:
        await _rotation(local)
        assert (await local.unsubscribe("ann", "ios", "d"))[1]["result"] == {"n": 2, "ok": 1}

    assert play(new_store(), "key-on-token", scene) == []
