from collections.abc import Callable

from tests.simulator.backend.local import Local, play


async def _four_hundred(local: Local) -> None:
    for number in range(400):
        status, answer = await local.subscribe("ann", "ios", f"d{number}", "t")
        assert (status, answer["RC"]) == (200, 0)


def test_some_acknowledged_writes_are_not_there(new_store: Callable[[], str]) -> None:
    assert 360 <= len(play(new_store(), "swallowed-error", _four_hundred)) <= 396
    assert len(play(new_store(), None, _four_hundred)) == 400
