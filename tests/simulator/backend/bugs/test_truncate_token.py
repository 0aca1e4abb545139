from collections.abc import Callable

from tests.simulator.backend.local import Local, play


async def _subscribes(local: Local) -> None:
    await local.subscribe("ann", "fcm", "d", "t" * 163)
    await local.subscribe("ann", "ios", "d", "t" * 64)


def test_a_long_token_is_cut(new_store: Callable[[], str]) -> None:
    assert [len(token) for *_, token in play(new_store(), "truncate-token", _subscribes)] == [128, 64]
    assert [len(token) for *_, token in play(new_store(), None, _subscribes)] == [163, 64]
