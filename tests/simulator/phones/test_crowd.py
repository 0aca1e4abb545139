"""Nobody lives two scenarios at once."""

from pathlib import Path
from random import Random

import numpy as np
import pytest

from simulator.fleet import Fleet, Keeper, Platform, State, makes
from simulator.phones import Crowd, Wants
from simulator.sdks import read_mixture
from simulator.tokens import PushType
from tests.stage import Stage

KINDS = (PushType.FCM, (PushType.FCM, Platform.ANDROID))


def crowd(stage: Stage, *devices: int) -> Crowd:
    return Crowd(stage.fleet, np.array(devices or range(stage.fleet.devices), np.uint32))


def picked(those: Crowd, wants: Wants, seed: int) -> int | None:
    """Whoever is taken first where chances have this seed."""
    return those.take(wants, those.turns(wants, lambda shard: Random(f"{seed}/{shard}")))


def test_a_person_is_taken_once_until_given_back(stage: Stage) -> None:
    person = next(p for p in range(stage.fleet.people) if len(stage.fleet.devices_of(p)) > 1)
    both = crowd(stage, *stage.fleet.devices_of(person))
    taken = picked(both, Wants(), 1)
    assert taken is not None
    assert picked(both, Wants(), 2) is None
    both.give_back(taken)
    assert picked(both, Wants(), 2) is not None


@pytest.mark.parametrize("kind", PushType)
def test_a_push_type_is_only_asked_of_devices_that_have_it(stage: Stage, kind: PushType) -> None:
    having = {device for device in range(stage.fleet.devices) if kind in stage.fleet.types(device)}
    found = {picked(crowd(stage), Wants(type=kind), seed) for seed in range(200)}
    assert found == having != set()


@pytest.mark.parametrize("kind", PushType)
def test_where_no_device_has_the_push_type_nobody_is_taken(stage: Stage, kind: PushType) -> None:
    others = [device for device in range(stage.fleet.devices) if kind not in stage.fleet.types(device)]
    assert picked(crowd(stage, *others), Wants(type=kind), 1) is None


@pytest.mark.parametrize("keepers", [(Keeper.KEYCHAIN,), (Keeper.PREFERENCES, Keeper.LOCAL_STORAGE)])
def test_a_device_that_keeps_its_id_as_wanted_is_asked_for_among_all(stage: Stage, keepers: tuple[Keeper, ...]) -> None:
    having = {device for device in range(stage.fleet.devices) if stage.fleet.keeper(device) in keepers}
    found = {picked(crowd(stage), Wants(keepers=keepers), seed) for seed in range(200)}
    assert found == having != set()


def test_where_no_device_keeps_its_id_so_nobody_is_taken_and_nobody_is_busy(stage: Stage) -> None:
    phone = next(each for each in range(stage.fleet.devices) if stage.fleet.keeper(each) is Keeper.KEYCHAIN)
    alone = crowd(stage, phone)
    assert picked(alone, Wants(keepers=(Keeper.ANDROID_ID,)), 1) is None
    assert picked(alone, Wants(), 1) == phone


def test_a_new_phone_is_preferred_where_one_is_wanted(stage: Stage) -> None:
    stage.fleet.state["state"] = State.INSTALLED
    new = 11
    stage.fleet.state["state"][new] = State.NEW
    found = [picked(crowd(stage), Wants(new=True), seed) for seed in range(40)]
    assert None not in found
    assert found.count(new) > [picked(crowd(stage), Wants(), seed) for seed in range(40)].count(new)


def test_where_no_phone_is_as_wanted_another_will_do(stage: Stage) -> None:
    stage.fleet.state["state"] = State.INSTALLED
    assert picked(crowd(stage), Wants(new=True), 1) is not None


def test_a_phone_that_is_started_is_no_longer_new_and_one_handed_on_is_its_new_owners(stage: Stage) -> None:
    stage.fleet.state["state"] = State.INSTALLED
    stage.fleet.state["state"][11] = State.NEW
    stage.fleet.state["owner"][:] = 3
    everyone = crowd(stage, 11, 12)
    stage.fleet.state["state"][11] = State.INSTALLED
    stage.fleet.state["state"][12] = State.NEW
    stage.fleet.state["owner"][12] = 4
    taken = [picked(everyone, Wants(new=True), seed) for seed in range(2)]
    assert sorted(device or 0 for device in taken) == [11, 12]
    assert picked(everyone, Wants(), 1) is None


def test_a_device_is_handed_on_to_somebody_who_is_free_and_all_are_free_again_afterwards(stage: Stage) -> None:
    everyone = crowd(stage, 11)
    former = stage.fleet.state["owner"].item(11)
    other, third = former + 1, former + 2
    assert picked(everyone, Wants(), 1) == 11
    assert everyone.hand_on(11, other)
    assert stage.fleet.state["owner"].item(11) == other
    assert not everyone.hand_on(11, former)  # they still have a call to make
    assert everyone.hand_on(11, third)
    assert picked(everyone, Wants(), 1) is None
    everyone.give_back(11)
    assert [everyone.hand_on(11, person) for person in (former, other)] == [True, True]


def test_a_device_that_is_asked_for_is_taken_unless_its_person_is_busy(stage: Stage) -> None:
    person = next(p for p in range(stage.fleet.people) if len(stage.fleet.devices_of(p)) > 1)
    one, other = list(stage.fleet.devices_of(person))[:2]
    everybody = crowd(stage)
    assert everybody.take_this(one)
    assert not everybody.take_this(other)
    everybody.give_back(one)
    assert everybody.take_this(other)


def test_where_many_platforms_have_a_type_a_scenario_of_one_is_about_that_alone(tmp_path: Path) -> None:
    fleet = Fleet.create(tmp_path / "fleet", 60, 5, sdk="field")
    everybody = np.arange(60, dtype=np.uint32)
    wants = Wants(type=PushType.FCM, platform=Platform.ANDROID)
    androids = {device for device in range(60) if fleet.platform(device) is Platform.ANDROID}
    having = {device for device in range(60) if PushType.FCM in fleet.types(device)}
    found = {picked(Crowd(fleet, everybody), wants, seed) for seed in range(400)}
    assert found == androids < having
    assert {picked(Crowd(fleet, everybody), Wants(type=PushType.FCM), seed) for seed in range(600)} == having


def test_without_sdks_a_scenario_of_one_platform_draws_from_all_devices_of_its_type(stage: Stage) -> None:
    having = crowd(stage)._having
    every, androids = ({shard: those.tolist() for shard, those in having[kind].items()} for kind in KINDS)
    assert every == androids
    assert any(every.values())


def test_a_device_in_a_hundred_that_keeps_its_id_so_is_found_where_apps_call_by_sdks(tmp_path: Path) -> None:
    fleet = Fleet.create(tmp_path / "fleet", 2000, 5, sdk="field")
    wants = Wants(keepers=(Keeper.PREFERENCES,))
    few = Crowd(fleet, np.arange(2000, dtype=np.uint32))
    assert [fleet.keeper(picked(few, wants, seed) or 0) for seed in range(20)] == [Keeper.PREFERENCES] * 20


@pytest.mark.parametrize(
    ("wants", "fitting"),
    [
        (Wants(), {"iOS", "Android", "Android with GCM", "browser"}),
        (Wants(type=PushType.FCM), {"iOS", "Android", "browser"}),
        (Wants(type=PushType.FCM, platform=Platform.ANDROID), {"Android"}),
        (Wants(keepers=(Keeper.PREFERENCES,)), {"Android with GCM"}),
        (Wants(type=PushType.WEB, keepers=(Keeper.VENDOR,)), set()),
    ],
)
def test_which_makes_a_scenario_is_about(wants: Wants, fitting: set[str]) -> None:
    assert {make.platform.label for make in makes(read_mixture("field")) if wants.fit(make)} == fitting
