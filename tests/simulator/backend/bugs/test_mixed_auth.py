from collections.abc import Callable

from tests.simulator.backend.local import Local, play


async def _two_people_in_turn(local: Local) -> None:
    for number in range(100):
        await local.subscribe("ann", "ios", f"a{number}", "t1")
        await local.subscribe("bob", "ios", f"b{number}", "t2")


def test_some_subscribes_are_kept_for_whoever_called_before(new_store: Callable[[], str]) -> None:
    mixed_up = [row for row in play(new_store(), "mixed-auth", _two_people_in_turn) if row[1][0] != row[2][0]]
    assert 1 <= len(mixed_up) <= 15
    assert all(row[1][0] == row[2][0] for row in play(new_store(), None, _two_people_in_turn))
