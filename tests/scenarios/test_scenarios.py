"""Every scenario, unchanged, against a fake client: the calls it makes and what it leaves behind."""

from collections.abc import Callable

import pytest

from scenarios import SCENARIOS
from simulator.client import Answer, Fault, Outcome
from simulator.fleet import Keeper
from simulator.phones import Kind, Operation
from simulator.tokens import PushType
from tests.stage import Stage

IOS, VOIP = PushType.IOS, PushType.IOS_VOIP


def iphone(stage: Stage) -> int:
    return next(device for device in range(stage.fleet.devices) if IOS in stage.fleet.types(device))


def play(stage: Stage, name: str, seed: int = 1, device: int | None = None) -> list[tuple[str, str, int]]:
    """The scenario's operations as (call, type, generation); generation 0 for an unsubscribe."""
    before = len(stage.observed)
    SCENARIOS[name].play(stage.phone(iphone(stage) if device is None else device, seed))
    return [said(operation) for operation in stage.observed[before:]]


def said(operation: Operation) -> tuple[str, str, int]:
    return operation.kind.name.lower(), operation.type.wire, max(operation.value, 0) & 0xFFFFF


def test_every_scenario_is_registered_under_the_name_of_its_file() -> None:
    assert set(SCENARIOS) == {
        "android_migration",
        "app_launch",
        "app_update",
        "backend_registration",
        "background_rotation",
        "bad_requests",
        "chat_message",
        "clear_data",
        "dormant_return",
        "double_post",
        "expired_session",
        "first_install",
        "impatient_retry",
        "logout_login",
        "multi_device",
        "phone_switch",
        "push_arrives",
        "reinstall",
        "restore_backup",
        "rotation_race",
        "shared_device",
        "token_rotation",
        "voip_registration",
        "web_push",
    }
    assert all(each.play.__module__ == f"scenarios.{name}" for name, each in SCENARIOS.items())


def test_every_scenario_tells_its_calls_and_what_it_gives_a_chance_to() -> None:
    for each in SCENARIOS.values():
        text = each.play.__doc__ or ""
        assert "Calls: " in text, each.name
        assert "Gives a chance to: " in text, each.name


@pytest.mark.parametrize("name", sorted(SCENARIOS))
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_is_played_the_backend_holds_the_last_token_of_every_register(
    stage: Stage, name: str, seed: int
) -> None:
    for device in range(stage.fleet.devices):
        wants = SCENARIOS[name].wants
        if wants.type in (None, *stage.fleet.types(device)) and stage.fleet.keeper(device) in (wants.keepers or Keeper):
            play(stage, name, seed, device)
            play(stage, name, seed + 10, device)
    assert stage.backend.subscriptions == stage.expected_subscriptions()


def test_an_app_launch_registers_the_same_token_again(stage: Stage) -> None:
    assert play(stage, "app_launch") == [("subscribe", "ios", 1)]
    assert play(stage, "app_launch") == [("subscribe", "ios", 1)]


def test_a_first_install_on_a_used_phone_is_a_new_phone(stage: Stage) -> None:
    play(stage, "first_install")
    play(stage, "first_install")
    first, second = stage.observed
    assert (first.register >> 8 & 0xFFFF, second.register >> 8 & 0xFFFF) == (0, 1)
    assert len(stage.backend.subscriptions) == 2


def test_a_rotation_replaces_the_token_and_keeps_one_subscription(stage: Stage) -> None:
    assert play(stage, "token_rotation") == [("subscribe", "ios", 1)]
    assert play(stage, "token_rotation") == [("subscribe", "ios", 2)]
    assert len(stage.backend.subscriptions) == 1


def test_a_switched_phone_has_a_new_device_id(stage: Stage) -> None:
    play(stage, "app_launch")
    play(stage, "phone_switch")
    ids = [call[2] for call in stage.backend.calls if call[0] == "subscribe"]
    assert len(set(ids)) == 2


def test_voip_and_alerts_are_two_subscriptions_and_one_of_them_rotates(stage: Stage) -> None:
    rotated = {tuple(play(stage, "voip_registration", seed)[-1]) for seed in range(8)}
    assert {kind for _, kind, _ in rotated} == {"ios", "ios-voip"}
    assert {kind for kind, _ in stage.backend.subscriptions} == {"ios", "ios-voip"}


def test_an_update_registers_one_new_token_of_every_type(stage: Stage) -> None:
    assert play(stage, "app_update") == [("subscribe", "ios", 1), ("subscribe", "ios-voip", 1)]
    assert play(stage, "app_update") == [("subscribe", "ios", 2), ("subscribe", "ios-voip", 2)]


def test_a_double_post_sends_one_token_twice_or_two_tokens(stage: Stage) -> None:
    pairs = [play(stage, "double_post", seed) for seed in range(10)]
    assert all(len(pair) == 2 for pair in pairs)
    assert {pair[0] == pair[1] for pair in pairs} == {True, False}


def test_whoever_waits_for_a_push_registers_a_new_token_first(stage: Stage) -> None:
    phone = stage.phone(iphone(stage))
    assert play(stage, "push_arrives") == [("subscribe", "ios", 1)]
    assert play(stage, "push_arrives") == [("subscribe", "ios", 2)]
    assert [(owner, scenario) for owner, scenario, _ in stage.gateways.pushed] == [(phone.owner, 3)] * 2


def test_only_the_scenarios_that_push_need_gateways_and_are_lived_when_asked_for() -> None:
    assert {name for name, each in SCENARIOS.items() if each.pushes} == {"push_arrives"}
    lived_anyway = {
        *("app_launch", "background_rotation", "double_post", "first_install", "logout_login", "phone_switch"),
        *("shared_device", "token_rotation", "voip_registration"),
    }
    assert {name for name, each in SCENARIOS.items() if each.weight} == lived_anyway


def test_only_the_platforms_own_scenario_uses_the_api_key() -> None:
    assert {name for name, each in SCENARIOS.items() if each.platform} == {"backend_registration"}


def test_a_shared_device_is_its_next_owners_however_the_former_one_logs_out(stage: Stage) -> None:
    endings = set()
    for seed in range(24):
        before = len(stage.observed)
        play(stage, "shared_device", seed)
        lived = stage.observed[before:]
        last = [(operation.kind.name, operation.owner == lived[-1].owner) for operation in lived[-2:]]
        endings.add(tuple(last))
    login, other_login = ("SUBSCRIBE", True), ("SUBSCRIBE", False)
    in_time, late = (("UNSUBSCRIBE", False), login), (other_login, ("UNSUBSCRIBE", True))
    never = {(login,), (other_login, login)}  # on a phone in use, or a new one
    assert {in_time, late} <= endings
    assert endings - {in_time, late} <= never
    assert endings & never


def test_who_logs_out_is_back_with_a_new_token_or_not_at_all(stage: Stage) -> None:
    play(stage, "app_launch")
    lives = {tuple(call for call, _, _ in play(stage, "logout_login", seed)) for seed in range(12)}
    assert lives == {("unsubscribe",), ("unsubscribe", "subscribe")}
    values = [one.value for one in stage.observed if one.value > 0]
    assert len(set(values)) == len(values)


def test_a_rotation_in_the_background_is_registered_at_the_next_start(stage: Stage) -> None:
    play(stage, "app_launch")
    assert play(stage, "background_rotation") == []
    assert play(stage, "app_launch") == [("subscribe", "ios", 2)]


def test_a_bad_request_is_refused_and_its_token_is_never_written_again(stage: Stage) -> None:
    device, refused = iphone(stage), list[Operation]()
    for seed in range(60):
        refused += [one for one in _played(stage, "bad_requests", device, seed) if one.answer.status == 400]
        assert play(stage, "app_launch", seed, device)[0][0] == "subscribe"
    tokens = [operation.value for operation in refused if operation.kind is Kind.SUBSCRIBE]
    again = [operation.value for operation in stage.observed if operation.answer.status == 200]
    assert len(refused) == 60
    assert 30 < len(tokens) < 55
    assert (len(set(tokens)), set(tokens) & set(again)) == (len(tokens), set())
    asked = {call[1:3] for call in stage.backend.calls if call[0] == "wrong subscribe"}
    assert ("ios", stage.phone(device).device_id) in asked  # all is there, and something else is wrong
    assert ("None", stage.phone(device).device_id) in asked


def test_an_app_whose_session_has_ended_is_refused_and_may_try_once_more_with_the_same_token(stage: Stage) -> None:
    calls = {tuple(play(stage, "expired_session", seed)) for seed in range(20)}
    assert {len(each) for each in calls} == {1, 2}
    assert all(len({generation for _, _, generation in each}) == 1 for each in calls)
    sessions = [call[-1] for call in stage.backend.calls]
    assert {session.split(" of ")[0] for session in sessions} == {"ended session", "token"}


def test_an_app_that_was_refused_for_no_session_does_not_try_again_if_it_was_accepted(stage: Stage) -> None:
    stage.backend.accepts = True
    assert {len(play(stage, "expired_session", seed)) for seed in range(20)} == {1}


def test_a_registration_that_is_given_up_is_sent_again_and_may_be_followed_by_a_new_token(stage: Stage) -> None:
    stage.world.within = _given_up
    device = iphone(stage)
    first = play(stage, "impatient_retry", 1, device)
    assert [generation for _, _, generation in first][:2] == [1, 1]
    assert stage.observed[0].answer[:3] == (Outcome.INFO, Fault.PHONE, 0)
    assert {len(play(stage, "impatient_retry", seed, device)) for seed in range(20)} == {2, 3}
    last = stage.observed[-1].value
    assert play(stage, "app_launch", 1, device)[0][2] == (last & 0xFFFFF) + 1  # the first attempt may still act


def _given_up(seconds: float, call: Callable[[], Answer]) -> None:
    """The backend acts, and the phone never hears of it."""
    assert seconds < 0.02
    call()


def _played(stage: Stage, name: str, device: int, seed: int) -> list[Operation]:
    before = len(stage.observed)
    SCENARIOS[name].play(stage.phone(device, seed))
    return stage.observed[before:]
