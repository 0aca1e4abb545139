from collections.abc import Awaitable, Callable

from tests.simulator.backend.local import Local, play

PHONES = 40


def _registering(token: str) -> Callable[[Local], Awaitable[None]]:
    async def scene(local: Local) -> None:
        for number in range(PHONES):
            assert (await local.subscribe("ann", "ios", f"d{number}", token))[0] == 200

    return scene


async def _nothing(_: Local) -> None:
    pass


def test_after_a_start_some_are_lost_and_what_is_registered_again_is_doubled(new_store: Callable[[], str]) -> None:
    store = new_store()
    assert len(play(store, "shard-remap", _registering("t1"))) == PHONES
    assert 0 < len(play(store, "shard-remap", _nothing)) < PHONES
    store = new_store()
    play(store, "shard-remap", _registering("t1"))
    again = play(store, "shard-remap", _registering("t2"))
    assert len({device for _, device, _, _ in again}) == PHONES < len(again)


def test_the_correct_backend_keeps_one_row_each(new_store: Callable[[], str]) -> None:
    store = new_store()
    play(store, None, _registering("t1"))
    assert len(play(store, None, _registering("t2"))) == PHONES
