"""Phones that are new, replaced, installed again, restored, put away or moved: each choice's calls, to the letter."""

import pytest

from scenarios import SCENARIOS
from simulator.fleet import Keeper, State
from simulator.phones import Operation
from simulator.tokens import PushType, decode
from tests.scenarios.lives import device_with, lived, told
from tests.stage import Stage

KEYCHAIN, ANDROID_ID, PREFERENCES = Keeper.KEYCHAIN, Keeper.ANDROID_ID, Keeper.PREFERENCES
NOW, LATER, REFUSED = 0.6, 0.8, 0.9


def held(stage: Stage, device: int, install: int = 0) -> list[str]:
    """The types that the backend holds for an installation."""
    wanted = stage.fleet.device_id(device, install)
    return [kind for kind, device_id in stage.backend.subscriptions if device_id == wanted]


def test_an_app_that_may_notify_registers_and_one_that_may_not_makes_sure_that_nothing_is_registered(
    stage: Stage,
) -> None:
    phone = device_with(stage, KEYCHAIN)
    assert lived(stage, "first_install", NOW, device=phone) == ["subscribe ios 1"]
    assert lived(stage, "first_install", REFUSED, device=phone) == ["unsubscribe ios of install 1"]
    assert [operation.answer.rows for operation in stage.observed] == [-1, 0]
    assert (held(stage, phone), held(stage, phone, 1)) == (["ios"], [])


def test_whoever_puts_the_question_off_is_registered_when_the_app_is_next_started(stage: Stage) -> None:
    assert lived(stage, "first_install", LATER, device=(phone := device_with(stage, KEYCHAIN))) == []
    assert stage.fleet.state["state"][phone] == State.INSTALLED
    assert lived(stage, "app_launch", device=phone) == ["subscribe ios 1"]


def test_a_switched_phone_unsubscribes_late_or_in_time_or_never(stage: Stage) -> None:
    phone = device_with(stage, KEYCHAIN)
    lost, first, late = 0.39, 0.69, 0.7
    assert lived(stage, "phone_switch", lost, device=phone) == ["subscribe ios 1", "subscribe ios 1 of install 1"]
    assert lived(stage, "phone_switch", first, device=phone) == [
        "unsubscribe ios of install 1",
        "subscribe ios 1 of install 2",
    ]
    assert lived(stage, "phone_switch", late, device=phone) == [
        "subscribe ios 1 of install 3",
        "unsubscribe ios of install 2",
    ]
    assert [held(stage, phone, install) for install in range(4)] == [["ios"], [], [], ["ios"]]


@pytest.mark.parametrize(("keeper", "kind"), [(KEYCHAIN, "ios"), (ANDROID_ID, "fcm")])
@pytest.mark.parametrize("backed_up", [0.4, 0.6])
def test_an_id_that_outlives_a_reinstall_gets_a_new_token(
    stage: Stage, keeper: Keeper, kind: str, backed_up: float
) -> None:
    phone = device_with(stage, keeper)
    assert lived(stage, "reinstall", backed_up, device=phone) == [f"subscribe {kind} 1", f"subscribe {kind} 2"]
    assert held(stage, phone) == [kind]


def test_an_id_in_preferences_is_gone_with_the_app_unless_a_backup_brings_it_back(stage: Stage) -> None:
    phone, backed_up, gone = device_with(stage, PREFERENCES), 0.4, 0.6
    assert lived(stage, "reinstall", backed_up, device=phone) == ["subscribe fcm 1", "subscribe fcm 2"]
    assert lived(stage, "reinstall", gone, device=phone) == ["subscribe fcm 1 of install 1"]
    assert (held(stage, phone), held(stage, phone, 1)) == (["fcm"], ["fcm"])


def test_a_reinstalled_app_that_rings_registers_for_calls_again(stage: Stage) -> None:
    phone = device_with(stage, PushType.IOS_VOIP)
    lived(stage, "voip_registration", 0.9, device=phone)
    assert lived(stage, "reinstall", 0.4, device=phone) == ["subscribe ios 2", "subscribe ios-voip 3"]


def test_cleared_data_take_the_id_that_the_app_kept_itself(stage: Stage) -> None:
    phone, own = device_with(stage, ANDROID_ID), device_with(stage, PREFERENCES)
    browser = device_with(stage, Keeper.LOCAL_STORAGE)
    assert lived(stage, "clear_data", device=phone) == ["subscribe fcm 1", "subscribe fcm 2"]
    assert lived(stage, "clear_data", device=own) == ["subscribe fcm 1", "subscribe fcm 1 of install 1"]
    assert lived(stage, "clear_data", device=browser) == ["subscribe web 1", "subscribe web 1 of install 1"]


@pytest.mark.parametrize(
    ("drawn", "calls"),
    [
        (0.2, ["subscribe ios 1", "subscribe ios 2", "subscribe ios 3"]),
        (0.4, ["subscribe ios 1", "subscribe ios 2", "subscribe ios 3"]),
        (0.7, ["subscribe ios 1", "subscribe ios 2", "unsubscribe ios", "subscribe ios 3"]),
        (0.9, ["subscribe ios 1", "subscribe ios 2"]),
    ],
    ids=["at once", "still used", "logged out", "put away"],
)
def test_two_phones_of_one_device_id_never_register_a_token_that_was_written(
    stage: Stage, drawn: float, calls: list[str]
) -> None:
    phone = device_with(stage, KEYCHAIN)
    assert lived(stage, "restore_backup", drawn, device=phone) == calls
    last = stage.observed[-1].value
    lived(stage, "app_launch", device=phone)
    before = {operation.value for operation in stage.observed[:-1]} - {last}
    assert stage.observed[-1].value not in before
    assert held(stage, phone) == ["ios"]


def test_a_phone_that_was_put_away_comes_back_with_its_token_or_a_new_one(stage: Stage) -> None:
    phone, same, new = device_with(stage, PushType.FCM), 0.6, 0.7
    assert lived(stage, "dormant_return", device=phone) == ["subscribe fcm 1"]
    assert stage.fleet.state["state"][phone] == State.DORMANT
    assert lived(stage, "dormant_return", same, device=phone) == ["subscribe fcm 1"]
    assert lived(stage, "dormant_return", device=phone) == []
    assert lived(stage, "dormant_return", new, device=phone) == ["subscribe fcm 2"]
    assert stage.fleet.state["state"][phone] == State.INSTALLED


def test_a_phone_that_was_put_away_comes_back_with_any_start_of_its_app(stage: Stage) -> None:
    lived(stage, "dormant_return", device=(phone := device_with(stage, PushType.FCM)))
    assert lived(stage, "app_launch", device=phone) == ["subscribe fcm 1"]
    assert not stage.phone(phone).is_dormant


def test_a_logged_out_phone_is_registered_before_it_is_put_away(stage: Stage) -> None:
    phone, not_back = device_with(stage, PushType.FCM), 0.9
    lived(stage, "logout_login", not_back, device=phone)
    assert lived(stage, "dormant_return", device=phone) == ["subscribe fcm 2"]


def test_an_app_moves_from_android_to_fcm_and_on_to_installation_ids(stage: Stage) -> None:
    phone, yes, no = device_with(stage, ANDROID_ID), 0.4, 0.6
    assert lived(stage, "android_migration", no, no, device=phone) == ["subscribe android 1", "subscribe fcm 1"]
    assert lived(stage, "android_migration", yes, yes, device=phone) == [
        "subscribe android 1 of install 1",
        "subscribe fcm 1 of install 1",
        "unsubscribe android of install 1",
        "subscribe fcm 2 of install 1",
    ]
    assert (held(stage, phone), held(stage, phone, 1)) == (["android", "fcm"], ["fcm"])
    tokens = [call[3] for call in stage.backend.calls if call[0] == "subscribe"]
    assert len(tokens[-1]) == 22
    assert [decode(token).value for token in tokens] == [
        operation.value for operation in stage.observed if operation.value > 0
    ]


def test_whoever_moved_on_to_installation_ids_has_them_from_then_on_until_the_phone_is_replaced(stage: Stage) -> None:
    phone, clean, to_fid = device_with(stage, ANDROID_ID), 0.4, 0.4
    lived(stage, "android_migration", clean, to_fid, device=phone)
    assert lived(stage, "app_launch", device=phone) == ["subscribe fcm 2"]
    assert lived(stage, "token_rotation", device=phone) == ["subscribe fcm 3"]
    assert [len(call[3]) for call in stage.backend.calls[-2:]] == [22, 22]
    lived(stage, "phone_switch", 0.0, device=phone)
    assert len(stage.backend.calls[-1][3]) > 22


def test_a_browser_renews_its_subscription_and_a_new_key_takes_an_unsubscribe(stage: Stage) -> None:
    browser, expired, new_key, nothing = device_with(stage, PushType.WEB), 0.2, 0.5, 0.9
    assert lived(stage, "web_push", expired, device=browser) == ["subscribe web 1", "subscribe web 2"]
    assert lived(stage, "web_push", nothing, device=browser) == ["subscribe web 2"]
    assert lived(stage, "web_push", new_key, device=browser) == [
        "subscribe web 2",
        "unsubscribe web",
        "subscribe web 3",
    ]


def test_somebody_registers_all_their_devices_and_a_collector_adds_some_up_to_a_dozen(stage: Stage) -> None:
    person = next(each for each in range(stage.fleet.people) if len(stage.fleet.devices_of(each)) == 2)
    first, second = stage.fleet.devices_of(person)
    no, yes = 0.9, 0.1
    both = [told(operation, first) for operation in _devices(stage, first, no, no)]
    types = [stage.fleet.types(each)[0].wire for each in (first, second)]
    assert both == [f"subscribe {types[0]} 1", f"subscribe {types[1]} 1 elsewhere"]
    dozen = _devices(stage, first, yes, 0.99, no)
    assert len({operation.register for operation in dozen}) == 12
    assert {operation.owner for operation in dozen} == {person}
    four = _devices(stage, first, yes, 0.0, yes, 0.5)
    assert [operation.kind.name for operation in four] == ["SUBSCRIBE"] * 4 + ["UNSUBSCRIBE"]
    assert four[-1].register == four[2].register
    assert second in {operation.register >> 24 for operation in four}


def _devices(stage: Stage, device: int, *draws: float) -> list[Operation]:
    before = len(stage.observed)
    lived(stage, "multi_device", *draws, device=device)
    return stage.observed[before:]


def test_a_device_that_was_handed_on_is_its_new_owners_and_no_other_is_acted_for(stage: Stage) -> None:
    person = next(each for each in range(stage.fleet.people) if len(stage.fleet.devices_of(each)) == 2)
    first, second = stage.fleet.devices_of(person)
    stage.fleet.state["owner"][second] = person ^ 1  # of the same household
    assert [phone.device for phone in stage.phone(first).others()] == []
    theirs = [phone.device for phone in stage.phone(second).others()]
    assert theirs == list(stage.fleet.devices_of(person ^ 1))


def test_scenarios_that_ask_for_a_keeper_are_about_devices_that_what_they_tell_of_can_happen_to() -> None:
    assert {name: set(each.wants.keepers) for name, each in SCENARIOS.items() if each.wants.keepers} == {
        "clear_data": {ANDROID_ID, PREFERENCES, Keeper.LOCAL_STORAGE},
        "reinstall": {KEYCHAIN, Keeper.VENDOR, ANDROID_ID, PREFERENCES},
        "restore_backup": {KEYCHAIN, PREFERENCES},
    }
