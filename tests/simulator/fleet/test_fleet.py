"""The façade: creating, opening, and what may not differ between two processes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simulator.errors import UsageError
from simulator.fleet import Fleet, Platform
from simulator.tokens import Provenance, PushType, mint

IDENTITY = """
from simulator.fleet import Fleet
fleet = Fleet.open(Path(sys.argv[1]))
print(fleet.number, fleet.people, [fleet.types(d) for d in range(50)], [fleet.device_id(d, d % 3) for d in range(50)],
      [fleet.client_id(p) for p in range(50)], [fleet.devices_of(p) for p in range(50)],
      [fleet.person(p) for p in range(5)], [fleet.profile(d, 0) for d in range(5)])
"""


def described(fleet: Fleet) -> str:
    return " ".join(
        map(
            str,
            [
                fleet.number,
                fleet.people,
                [fleet.types(d) for d in range(50)],
                [fleet.device_id(d, d % 3) for d in range(50)],
                [fleet.client_id(p) for p in range(50)],
                [fleet.devices_of(p) for p in range(50)],
                [fleet.person(p) for p in range(5)],
                [fleet.profile(d, 0) for d in range(5)],
            ],
        )
    )


def test_another_process_sees_the_same_people_and_phones(fleet: Fleet, answer: Callable[..., str]) -> None:
    assert answer(IDENTITY, fleet.directory) == described(fleet) + "\n"


def test_the_same_seed_makes_the_same_fleet_elsewhere(fleet: Fleet, tmp_path: Path) -> None:
    assert described(Fleet.create(tmp_path / "again", 1000, 7)) == described(fleet)


def test_another_seed_or_size_makes_another_fleet(fleet: Fleet, tmp_path: Path) -> None:
    numbers = {
        fleet.number,
        Fleet.create(tmp_path / "seed", 1000, 8).number,
        Fleet.create(tmp_path / "1", 1001, 7).number,
    }
    assert len(numbers) == 3


@pytest.mark.parametrize(("devices", "seed"), [(40, 7), (1001, 7), (1000, 8)])
def test_no_id_of_another_fleet_is_taken_for_ours(fleet: Fleet, tmp_path: Path, devices: int, seed: int) -> None:
    other = Fleet.create(tmp_path / "other", devices, seed)
    ids = [other.device_id(device, 0) for device in range(40)]
    assert fleet.installations_of(ids)[0].tolist() == [-1] * 40
    assert [fleet.installation_of(text) for text in ids] == [None] * 40
    assert fleet.persons_of(other.client_ids(range(20))).tolist() == [-1] * 20
    assert [fleet.person_of(other.client_id(person)) for person in range(20)] == [None] * 20


def test_opening_again_keeps_ids_and_state(fleet: Fleet) -> None:
    before = [fleet.device_id(device, 0) for device in range(1000)]
    fleet.state["owner"][5] = 77
    again = Fleet.open_or_create(fleet.directory, 1000, 7)
    assert [again.device_id(device, 0) for device in range(1000)] == before
    assert again.state["owner"][5] == 77


@pytest.mark.parametrize(
    ("devices", "seed", "message"),
    [
        (None, 8, "has seed 7, not 8: name another directory, or leave out --seed."),
        (2000, None, "has 1000 devices, not 2000: name another directory, or leave out --devices."),
        (
            2000,
            8,
            "has 1000 devices, not 2000 and seed 7, not 8: name another directory, or leave out --devices and --seed.",
        ),
    ],
)
def test_another_fleet_is_refused_with_all_that_differs(
    fleet: Fleet, devices: int | None, seed: int | None, message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        Fleet.open_or_create(fleet.directory, devices, seed)
    assert str(caught.value) == f"the fleet at {fleet.directory} {message}"


def test_a_new_fleet_needs_a_size_and_draws_its_seed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="give --devices N"):
        Fleet.open_or_create(tmp_path / "new", None, 7)
    made = Fleet.open_or_create(tmp_path / "new", 10, None, draw_seed=lambda: 123)
    assert (made.seed, made.devices) == (123, 10)
    assert Fleet.open_or_create(tmp_path / "new", None, None).seed == 123


@pytest.mark.parametrize("devices", [1, 2, 27])
def test_the_smallest_fleets_work(tmp_path: Path, devices: int) -> None:
    small = Fleet.create(tmp_path / "small", devices, 0)
    assert [d for person in range(small.people) for d in small.devices_of(person)] == list(range(devices))
    assert small.begin_run() == 1


def test_numbers_out_of_numpy_are_as_good_as_others(fleet: Fleet) -> None:
    five = fleet.state["owner"][:6].max()
    assert fleet.client_id(five) == fleet.client_id(int(five))
    assert fleet.device_id(np.uint32(5), np.uint16(1)) == fleet.device_id(5, 1)
    assert fleet.types(np.uint32(5)) == fleet.types(5)


def test_bulk_answers_are_those_of_one_at_a_time(fleet: Fleet) -> None:
    ids = [fleet.device_id(device, 3) for device in range(1000)]
    found = fleet.installations_of([*ids, "nobody's", ids[0] + " ", ids[0] + "\0"])
    assert (found[0].tolist(), set(found[1].tolist()[:1000])) == ([*range(1000), -1, -1, -1], {3})
    plain = [text.decode() for text in fleet.device_ids(range(1000), [3] * 1000)]
    assert {ours for ours, bulk in zip(ids, plain, strict=True) if ours != bulk} == {
        ours for ours, bulk in zip(ids, plain, strict=True) if not bulk
    }
    assert fleet.persons_of(fleet.client_ids([3, 4])).tolist() == [3, 4]
    assert fleet.platforms(range(100)).tolist() == [fleet.platform(device) for device in range(100)]
    assert set(fleet.platforms(range(100)).tolist()) == set(Platform)


def test_a_phone_handed_on_in_the_household_stays_in_its_shard(fleet: Fleet) -> None:
    with fleet.lease(1, 7) as lease:
        for device in lease.devices():
            assert all(lease.holds(person) for person in fleet.household(fleet.home(device)))
    assert fleet.household(5) == range(4, 8)
    assert fleet.household(fleet.people - 1)[-1] == fleet.people - 1


def test_a_browser_is_the_one_that_its_tokens_are_of(fleet: Fleet) -> None:
    hosts = {"Chrome": "fcm.googleapis.com", "Firefox": "updates.push.services.mozilla.com"}
    seen = set()
    for device in range(1000):
        name = fleet.profile(device, 1).browser.partition(" ")[0]
        assert bool(name) is (fleet.platform(device) is Platform.BROWSER)
        if name:
            token = mint(Provenance(fleet.number, 5, device, 1, PushType.WEB, 9))
            assert hosts.get(name, "web.push.apple.com") in token
            seen.add(name)
    assert seen == {"Chrome", "Firefox", "Safari"}
