"""A release reaches every device once, on a curve that rises fast and has a long tail."""

from collections.abc import Callable
from random import Random

import numpy as np
import pytest

from locustfiles._release import Release, moments, spread

S = 1_000_000_000


def test_most_of_the_fleet_updates_early_and_all_of_it_in_the_end() -> None:
    assert [round(spread(share), 3) for share in (-1, 0, 0.05, 0.12, 0.3, 0.6, 1, 2)] == [
        *(0, 0, 0.066, 0.265, 0.714, 0.962, 1, 1)
    ]


def test_everybody_has_a_moment_of_their_own_on_the_curve() -> None:
    found = moments(10_000, 100.0, Random(1))
    assert len(found) == 10_000
    assert np.all(np.diff(found) >= 0)
    for second in (5, 12, 30, 60, 100):
        assert np.count_nonzero(found <= second * S) == pytest.approx(10_000 * spread(second / 100), abs=2)


def release(update: Callable[[int, int], bool], room: Callable[[], bool] = lambda: True, seed: int = 1) -> Release:
    """Of a hundred devices in ten seconds from the moment 50 on; nobody looks but the test."""
    found = Release(np.arange(100, dtype=np.uint32), 50, 10.0, Random(seed), update=update, has_room=room)
    found.close()
    return found


def test_every_device_has_its_turn_once_at_its_moment_and_in_a_seeded_order() -> None:
    orders = []
    for seed in (1, 1, 2):
        turns: list[tuple[int, int]] = []

        def update(device: int, due: int, turns: list[tuple[int, int]] = turns) -> bool:
            turns.append((device, due))
            return True

        found = release(update, seed=seed)
        for now in range(50, 11 * S, S // 10):
            found.look(now)
            assert all(due <= now for _, due in turns)
        assert sorted(device for device, _ in turns) == list(range(100))
        assert [due for _, due in turns] == sorted(due for _, due in turns)
        assert (found.reached, found.devices) == (100, 100)
        orders.append(turns)
    assert orders[0] == orders[1] != orders[2]


def test_who_is_busy_has_their_turn_when_that_is_over_and_is_due_then() -> None:
    turns: dict[int, int] = {}
    busy = {7, 8}

    def update(device: int, due: int) -> bool:
        if device in busy:
            return False
        assert device not in turns
        turns[device] = due
        return True

    found = release(update)
    assert 0 < found.pause(50) < 1
    found.look(20 * S)
    assert found.pause(20 * S) == 0.005
    assert (found.reached, sorted(turns.keys() ^ set(range(100)))) == (98, [7, 8])
    busy.remove(8)
    found.look(21 * S)
    assert (found.reached, turns[8]) == (99, 21 * S)
    busy.clear()
    found.look(22 * S)
    assert (found.reached, turns[7]) == (100, 22 * S)


def test_where_there_is_no_room_everybody_waits_and_is_late() -> None:
    turns: list[int] = []
    room = [0]

    def update(_device: int, due: int) -> bool:
        turns.append(due)
        room[0] -= 1
        return True

    found = release(update, lambda: room[0] > 0)
    found.look(20 * S)
    assert found.reached == 0
    assert found.pause(20 * S) == 0.005  # and not at once: it would take the CPU from those who are served
    room[0] = 60
    found.look(21 * S)
    assert found.reached == 60
    assert max(turns) < 11 * S  # due when they were, and not when there was room
