"""A device's pushes are counted by the minute."""

import pytest

from simulator.gateways import throttle
from simulator.gateways.throttle import Throttle
from tests.simulator.gateways.trusted import NOW, Clock


def test_each_device_has_so_many_pushes_a_minute_and_is_told_how_long_to_wait() -> None:
    clock = Clock()
    counted = Throttle(2, clock)
    assert [counted.wait(7) for _ in range(3)] == [0, 0, 60]
    assert counted.wait(8) == 0
    clock.now = NOW + 59.5
    assert counted.wait(7) == 1
    clock.now = NOW + 60
    assert [counted.wait(7) for _ in range(3)] == [0, 0, 60]


def test_without_a_limit_any_number_is_taken() -> None:
    assert {Throttle(0, Clock()).wait(7) for _ in range(1000)} == {0}


def test_no_more_devices_are_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "_DEVICES", 2)
    counted = Throttle(2, Clock())
    for device in (1, 2, 1, 3):  # the second was pushed to longest ago
        assert counted.wait(device) == 0
    assert [counted.wait(device) for device in (1, 3)] == [60, 0]
    assert [counted.wait(2) for _ in range(3)] == [0, 0, 60]
