"""Nobody lives two scenarios at once."""

from random import Random

import numpy as np
import pytest

from simulator.fleet import Keeper, State
from simulator.phones import Crowd, Wants
from simulator.tokens import PushType
from tests.stage import Stage


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
