"""Phones that are a twin, an older app, or another device of their owner's: what they share, and what not."""

import pytest

from simulator.errors import UsageError
from simulator.fleet import Flag, State
from simulator.phones import Kind
from simulator.tokens import PushType, decode
from tests.stage import START, Stage


def android(stage: Stage) -> int:
    return next(each for each in range(stage.fleet.devices) if stage.fleet.types(each) == (PushType.FCM,))


def test_two_phones_of_one_backup_never_send_what_either_has_sent_before_the_other(stage: Stage) -> None:
    old = stage.phone()
    old.subscribe()
    new = old.restore()
    assert new.device_id == old.device_id
    new.rotate()
    new.subscribe()
    for _ in range(2):
        old.rotate()
        old.subscribe()
        new.subscribe()  # what its twin has sent last; it is the only one that may be sent again
    stage.phone().subscribe()
    assert [operation.value & 0xFFFFF for operation in stage.observed] == [1, 2, 3, 3, 4, 4, 4]
    assert len({operation.register for operation in stage.observed}) == 1


def test_what_was_due_is_the_first_call_of_whichever_twin(stage: Stage) -> None:
    old = stage.phone()
    old.restore().subscribe()
    old.subscribe()
    assert stage.observed[0].intended == START < stage.observed[1].intended


def test_an_older_app_writes_to_a_subscription_of_its_own_and_only_once_in_a_phones_life(stage: Stage) -> None:
    phone = stage.phone(device := android(stage))
    older = phone.before_firebase()
    older.subscribe()
    older.rotate()
    older.subscribe()
    assert [decode(call[3]).register & 0xFF for call in stage.backend.calls] == [PushType.ANDROID] * 2
    assert stage.fleet.state["slots"][device].tolist() == [0, 0]
    with pytest.raises(UsageError, match=f"device {device} has no older app"):
        stage.phone(device).before_firebase()
    assert [operation.intended == START for operation in stage.observed] == [True, False]


@pytest.mark.parametrize("kind", [PushType.IOS, PushType.WEB, PushType.ANDROID])
def test_only_apps_of_type_fcm_have_an_older_version_and_installation_ids(stage: Stage, kind: PushType) -> None:
    phone = stage.phone(next(each for each in range(stage.fleet.devices) if kind in stage.fleet.types(each)))
    with pytest.raises(UsageError, match="has no older app"):
        phone.before_firebase()
    with pytest.raises(UsageError, match="does not register as fcm"):
        phone.move_to_installation_id()


def test_a_token_is_never_sent_again_as_an_installation_id(stage: Stage) -> None:
    phone = stage.phone(device := android(stage))
    phone.subscribe()
    phone.move_to_installation_id()
    assert int(stage.fleet.state["flags"][device]) & Flag.FID
    phone.subscribe()
    Stage(stage.fleet).phone(device).subscribe()  # in a later run
    assert [operation.value & 0xFFFFF for operation in stage.observed] == [1, 2]
    assert [len(call[3]) for call in stage.backend.calls] == [142, 22]
    assert len({decode(call[3]).register for call in stage.backend.calls}) == 1


def test_lost_tokens_are_of_both_types(stage: Stage) -> None:
    phone = stage.phone(next(each for each in range(stage.fleet.devices) if stage.fleet.types(each)[0] is PushType.IOS))
    for kind in phone.types:
        phone.subscribe(kind)
    assert phone.registered == [PushType.IOS, PushType.IOS_VOIP]
    phone.lose_tokens()
    for kind in phone.types:
        phone.subscribe(kind)
    assert [operation.value & 0xFFFFF for operation in stage.observed] == [1, 1, 2, 2]


def test_what_is_registered_is_what_was_not_unsubscribed_since_in_an_earlier_scenario_too(stage: Stage) -> None:
    phone = stage.phone(next(each for each in range(stage.fleet.devices) if stage.fleet.types(each)[0] is PushType.IOS))
    assert phone.registered == []
    phone.subscribe(PushType.IOS_VOIP)
    assert stage.phone(phone.device).registered == [PushType.IOS_VOIP]
    phone.unsubscribe(PushType.IOS_VOIP)
    assert stage.phone(phone.device).registered == phone.registered == []


def test_a_phone_that_was_put_away_is_neither_new_nor_in_use(stage: Stage) -> None:
    phone = stage.phone()
    phone.put_away()
    assert (phone.is_new, phone.is_dormant, stage.fleet.state["state"][0]) == (False, True, State.DORMANT)
    phone.launch()
    assert not phone.is_dormant


def test_a_device_acted_for_as_an_other_is_a_whole_phone_of_its_own(stage: Stage) -> None:
    first, second = next(
        stage.fleet.devices_of(person)
        for person in range(stage.fleet.people)
        if len(stage.fleet.devices_of(person)) == 2
    )
    (other,) = stage.phone(first).others()
    assert (other.device, other.owner) == (second, stage.phone(first).owner)
    other.subscribe()
    stage.phone(second).subscribe()
    assert [(one.kind, one.value & 0xFFFFF) for one in stage.observed] == [(Kind.SUBSCRIBE, 1)] * 2
