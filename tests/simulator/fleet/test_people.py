from collections import Counter

import numpy as np
import pytest

from simulator.fleet.people import BLOCK_DEVICES, BLOCK_PEOPLE, People

SIZES = [1, 2, 3, 26, 27, 28, 1000, 2701]


@pytest.mark.parametrize("devices", SIZES)
def test_every_device_has_one_owner_who_has_that_device(devices: int) -> None:
    people = People(7, devices)
    owned = [device for person in range(people.count) for device in people.devices_of(person)]
    assert owned == list(range(devices))
    assert all(device in people.devices_of(people.home(device)) for device in range(devices))


@pytest.mark.parametrize("devices", SIZES)
def test_in_bulk_the_owners_are_the_same(devices: int) -> None:
    people = People(7, devices)
    assert people.homes(0, devices).tolist() == [people.home(device) for device in range(devices)]


def test_a_part_in_bulk_is_that_part_of_the_whole() -> None:
    people = People(7, 2701)
    whole = people.homes(0, 2701)
    for first, stop in [(0, 1), (5, 6), (26, 28), (27, 54), (100, 2701)]:
        assert np.array_equal(people.homes(first, stop), whole[first:stop])


def test_shares_are_exact_in_every_block() -> None:
    people = People(7, BLOCK_DEVICES * 50)
    for block in range(50):
        counts = Counter(
            len(people.devices_of(person)) for person in range(block * BLOCK_PEOPLE, (block + 1) * BLOCK_PEOPLE)
        )
        assert counts == {1: 14, 2: 5, 3: 1}


def test_another_seed_deals_the_devices_differently() -> None:
    assert People(7, 1000).homes(0, 1000).tolist() != People(8, 1000).homes(0, 1000).tolist()


def test_the_largest_fleet_has_owners_to_its_last_device() -> None:
    people = People(7, 2**32 - 2)
    assert people.home(2**32 - 3) == people.count - 1 == int(people.homes(2**32 - 4, 2**32 - 2)[-1])
