"""A life draws its choices from randomness of its own."""

from random import Random

import pytest

from simulator.errors import UsageError
from simulator.phones import Phone, chances
from tests.stage import START, Stage

NAMES = ("app_launch", "double_post", "multi_device")


def drawn(*lives: tuple[int, int], seed: int = 3, run: int = 1) -> list[float]:
    """The first number of each life, (device, scenario), in their order."""
    next_life = chances(seed, run, NAMES)
    return [next_life(device, scenario).random() for device, scenario in lives]


def test_a_devices_second_life_of_a_scenario_draws_the_same_whatever_else_was_lived_and_when() -> None:
    first, second = drawn((5, 1), (5, 1))
    assert drawn((9, 1), (5, 0), (5, 1), (5, 2), (9, 1), (5, 1))[2::3] == [first, second]


def test_lives_of_other_devices_scenarios_runs_and_seeds_draw_otherwise() -> None:
    found = {*drawn((5, 1), (5, 1), (6, 1), (5, 2)), *drawn((5, 1), run=2), *drawn((5, 1), seed=4)}
    assert len(found) == 6


def test_what_a_life_chooses_is_fair_over_the_lives_of_one_device_and_over_the_devices() -> None:
    for lives in ([(7, 1)] * 4000, [(device, 1) for device in range(4000)]):
        heads = sum(number < 0.5 for number in drawn(*lives))
        assert (heads - 2000) ** 2 / 1000 < 10.8  # chi-square of 1 degree, one seed in a thousand


def test_a_scenarios_place_among_the_others_changes_nothing() -> None:
    assert chances(3, 1, ("double_post",))(5, 0).random() == drawn((5, 1))[0]


def test_a_phone_that_never_chooses_takes_no_chances_and_one_that_does_takes_them_once(stage: Stage) -> None:
    begun: list[tuple[int, int]] = []

    def begin(device: int, scenario: int) -> Random:
        begun.append((device, scenario))
        return Random(1)

    stage.world.chances = begin
    phone = Phone(stage.world, 4, scenario=2, due=START)
    phone.launch()
    phone.subscribe()
    assert begun == []
    assert phone.rng.random() == Random(1).random()
    assert phone.rng.random() != Random(1).random()
    assert begun == [(4, 2)]


@pytest.mark.parametrize("make", ["switch", "restore", "others"])
def test_all_phones_of_one_life_draw_from_the_same_chances(stage: Stage, make: str) -> None:
    stage.world.chances = lambda device, scenario: Random(device << 8 | scenario)
    person = next(person for person in range(stage.fleet.people) if len(stage.fleet.devices_of(person)) > 1)
    phone = Phone(stage.world, stage.fleet.devices_of(person)[0], scenario=2, due=START)
    made = getattr(phone, make)()
    other = made[0] if isinstance(made, list) else made
    assert other.rng is phone.rng


def test_a_world_without_chances_says_so_where_a_phone_chooses(stage: Stage) -> None:
    phone = Phone(stage.world, 4, scenario=2, due=START)
    phone.subscribe()
    with pytest.raises(UsageError, match="device 4 has nothing to draw its choices from"):
        _ = phone.rng
