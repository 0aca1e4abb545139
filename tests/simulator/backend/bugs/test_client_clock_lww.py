from collections.abc import Callable

from tests.simulator.backend.local import Local, play


async def _many_updates(local: Local) -> None:
    for generation in (1, 2):
        for device in range(100):
            await local.subscribe("ann", "ios", f"d{device}", f"t{generation}")


def test_an_update_of_a_phone_whose_clock_was_set_back_is_dropped(new_store: Callable[[], str]) -> None:
    lost = [row for row in play(new_store(), "client-clock-lww", _many_updates) if row[3] == "t1"]
    assert 1 <= len(lost) <= 15
    assert {row[3] for row in play(new_store(), None, _many_updates)} == {"t2"}
