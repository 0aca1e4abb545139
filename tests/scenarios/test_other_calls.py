"""What the platform does itself, and what people say to each other: each choice's calls, to the letter."""

from pathlib import Path

from simulator.fleet import Fleet
from tests.scenarios.lives import lived
from tests.stage import START, Stage

ROTATED, KEPT = 0.4, 0.6


def of_two_devices(stage: Stage) -> tuple[int, list[int]]:
    person = next(each for each in range(stage.fleet.people) if len(stage.fleet.devices_of(each)) == 2)
    return person, list(stage.fleet.devices_of(person))


def test_the_platform_registers_all_of_a_clients_devices_with_new_tokens_or_those_they_have(stage: Stage) -> None:
    person, (first, second) = of_two_devices(stage)
    types = [stage.fleet.types(device)[0].wire for device in (first, second)]
    both = [f"subscribe {types[0]} 1", f"subscribe {types[1]} 1 elsewhere"]
    assert lived(stage, "backend_registration", KEPT, ROTATED, device=first) == both
    assert lived(stage, "backend_registration", KEPT, KEPT, device=first) == both
    assert lived(stage, "backend_registration", ROTATED, KEPT, device=first) == [f"subscribe {types[0]} 2", both[1]]
    assert stage.platform.registered == [stage.fleet.client_id(person)] * 6
    assert {operation.owner for operation in stage.observed} == {person}
    assert [operation.intended == START for operation in stage.observed] == [True, False] * 3


def test_at_the_keys_limit_the_first_devices_app_registers_it_itself_and_the_rest_is_left(stage: Stage) -> None:
    _, (first, _) = of_two_devices(stage)
    kind = stage.fleet.types(first)[0].wire
    stage.platform.calls = 1
    assert lived(stage, "backend_registration", KEPT, KEPT, device=first) == [f"subscribe {kind} 1"]
    assert lived(stage, "backend_registration", ROTATED, KEPT, device=first) == [f"subscribe {kind} 2"]
    assert len(stage.platform.registered) == 1
    assert [call[-1].split(" of ")[0] for call in stage.backend.calls] == ["platform", "token"]


def test_a_message_is_for_the_phones_owner_or_for_the_third_if_the_owner_has_muted_the_room(stage: Stage) -> None:
    owner = stage.phone(0).owner
    muted, not_muted, shuffled = 0.2, 0.4, (0.0, 0.0)  # the order of the other three people at home
    kind = stage.fleet.types(0)[0].wire
    for drawn in (muted, not_muted):
        assert lived(stage, "chat_message", drawn, *shuffled) == [f"subscribe {kind} 1"]
    (sender, third, silent, scenario, due), (same, receiver, other, _, _) = stage.chat.said
    assert (silent, receiver, scenario) == (owner, owner, 3)
    assert sender == same != third == other
    assert {sender, third, owner} < set(stage.fleet.household(owner))
    assert due > START  # the registration was due first


def test_of_two_people_at_home_the_one_hears_the_other_unless_they_have_muted_the_room(stage: Stage) -> None:
    first, second = stage.fleet.household(stage.fleet.people - 1)
    phone = stage.phone(stage.fleet.devices_of(second)[0])
    phone.hear(muted=True)
    assert stage.chat.said == []
    phone.hear(muted=False)
    assert stage.chat.said == [(first, second, None, 3, START)]


def test_where_nobody_else_is_at_home_nothing_is_said(tmp_path: Path) -> None:
    alone = Stage(Fleet.create(tmp_path / "fleet", 1, 5))
    assert [alone.phone().hear(muted=muted) for muted in (True, False)] == [[], []]
    assert alone.chat.said == []
