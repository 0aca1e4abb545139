"""A phone keeps the rules that the judge's exactness rests on."""

import dataclasses
from collections.abc import Callable
from functools import partial

import pytest

from simulator.client import Answer, Fault, Outcome, Refusal
from simulator.errors import UsageError
from simulator.fleet import Flag, Fleet
from simulator.phones import Kind, Phone, Seen
from simulator.tokens import PushType, decode
from tests.stage import START, Stage


class Killed(BaseException):
    pass


def generations(stage: Stage) -> list[int]:
    return [operation.value & 0xFFFFF for operation in stage.observed]


def test_every_token_sent_testifies_to_the_register_it_was_sent_for(stage: Stage) -> None:
    phone = stage.phone(device=7)
    phone.subscribe()
    said = decode(stage.backend.calls[0][3])
    assert (said.fleet, said.register, said.value) == (
        stage.fleet.number,
        stage.observed[0].register,
        stage.observed[0].value,
    )
    assert stage.backend.calls[0][2] == stage.fleet.device_id(7, 0)


def test_what_a_phone_registers_next_is_what_was_foreseen(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    devices = [device for device in range(stage.fleet.devices) if stage.fleet.types(device)[0] is not PushType.WEB][:8]
    used, spent = devices[1::4], devices[2::4]
    for device in (*used, *spent):
        stage.phone(device=device).subscribe()
    for device in spent:
        stage.phone(device=device).unsubscribe()
    fleet = Fleet.open(stage.fleet.directory)
    fleet.foresee(devices, stage.world.run + 1)
    monkeypatch.setattr(fleet._minted, "_make", lambda write: pytest.fail(f"{write} was not foreseen"))
    world = dataclasses.replace(stage.world, fleet=fleet, run=stage.world.run + 1)
    for device in devices:
        Phone(world, device, 0, START).open_app()
    values = [operation.value for operation in stage.observed[-8:]]
    first, later = stage.world.run << 20 | 1, stage.world.run + 1 << 20 | 1
    assert values == [later, first, later, later] * 2


def test_the_first_call_counts_from_the_arrival_and_the_next_from_when_it_began(stage: Stage) -> None:
    phone = stage.phone()
    phone.subscribe()
    phone.subscribe()
    first, second = stage.observed
    assert first.intended == START
    assert second.intended > first.answer.done
    assert second.intended <= second.answer.sent


def test_what_was_due_is_the_first_call_of_whichever_phone(stage: Stage) -> None:
    old = stage.phone()
    new = old.switch()
    new.subscribe()
    old.unsubscribe()
    first, second = stage.observed
    assert first.intended == START
    assert second.intended > first.answer.done


def test_a_token_is_not_registered_again_after_an_unsubscribe(stage: Stage) -> None:
    phone = stage.phone()
    phone.subscribe()
    phone.unsubscribe()
    phone.subscribe()
    assert generations(stage) == [1, 0xFFFFF, 2]  # an unsubscribe's value is -1


def test_that_rule_outlives_the_scenario(stage: Stage) -> None:
    stage.phone().unsubscribe()
    stage.phone().subscribe()
    stage.phone().subscribe()
    assert generations(stage)[1:] == [1, 1]


def test_after_two_tokens_raced_neither_is_registered_again(stage: Stage) -> None:
    phone = stage.phone()
    first, second = phone.rotate(), phone.rotate()

    def nested(calls: list[object]) -> None:
        del calls
        original = stage.backend.subscribe

        def racing(key: bytes, wire: str, token: str, device_id: str, /) -> Answer:
            stage.world.api.subscribe = original  # type: ignore[method-assign]
            phone.subscribe(value=second)
            return original(key, wire, token, device_id)

        stage.world.api.subscribe = racing  # type: ignore[method-assign]
        phone.subscribe(value=first)

    nested([])
    assert generations(stage) == [2, 1]
    stage.phone().subscribe()
    assert generations(stage)[-1] == 3


def test_one_token_posted_twice_at_once_may_be_registered_again(stage: Stage) -> None:
    phone = stage.phone()
    value = phone.rotate()
    phone.together(partial(phone.subscribe, value=value), partial(phone.subscribe, value=value))
    phone.subscribe()
    assert generations(stage) == [1, 1, 1]


def answered(outcome: Outcome) -> Callable[..., Answer]:
    return lambda *_: Answer(outcome, Fault.TIMEOUT, 0, -1, -1, START, START)


@pytest.mark.parametrize("call", ["subscribe", "unsubscribe"])
def test_a_token_registered_while_a_time_out_may_still_act_is_not_registered_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    phone = stage.phone()
    with monkeypatch.context() as timing_out:
        timing_out.setattr(stage.backend, call, answered(Outcome.INFO))
        getattr(phone, call)()
    phone.rotate()
    phone.subscribe()
    second = stage.observed[-1].value
    phone.subscribe()  # in the same scenario
    stage.phone().subscribe()  # in a later one
    Stage(stage.fleet).phone().subscribe()  # in a later run
    values = [operation.value for operation in stage.observed[1:]]
    assert values == [second, second + 1, second + 2]
    assert int(stage.fleet.state["flags"][0]) & Flag.UNSETTLED[0]


def test_a_token_whose_own_registration_timed_out_is_registered_once_more(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as timing_out:
        timing_out.setattr(stage.backend, "subscribe", answered(Outcome.INFO))
        stage.phone().subscribe()
    stage.phone().subscribe()
    stage.phone().subscribe()
    assert generations(stage) == [1, 1, 2]


def test_a_refused_registration_leaves_nothing_that_may_act(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as refusing:
        refusing.setattr(stage.backend, "subscribe", answered(Outcome.FAIL))
        stage.phone().subscribe()
    stage.phone().rotate()
    stage.phone().subscribe()
    stage.phone().subscribe()
    assert generations(stage) == [1, 2, 2]


def test_going_back_to_an_older_token_mints_a_new_one(stage: Stage) -> None:
    phone = stage.phone()
    first, second = phone.rotate(), phone.rotate()
    for value in (first, second, first):
        phone.subscribe(value=value)
    assert generations(stage) == [1, 2, 3]


def test_a_token_that_an_older_one_followed_is_not_registered_again(stage: Stage) -> None:
    phone = stage.phone()
    first, second = phone.rotate(), phone.rotate()
    phone.subscribe(value=second)
    phone.subscribe(value=first)
    phone.subscribe()
    assert generations(stage) == [2, 1, 3]


def test_a_kill_in_mid_call_is_remembered_as_a_write_that_may_still_act(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def looking(*_: object) -> Answer:
        seen.append(int(stage.fleet.state["flags"][0]))
        return Answer(Outcome.OK, Fault.NONE, 200, 0, -1, START, START)

    monkeypatch.setattr(stage.backend, "subscribe", looking)
    stage.phone().subscribe()
    assert seen == [Flag.SUBSCRIBED[0] | Flag.UNSETTLED[0]]
    assert int(stage.fleet.state["flags"][0]) == Flag.SUBSCRIBED[0]


def test_a_person_without_a_client_token_is_an_error_and_no_operation(stage: Stage) -> None:
    stage.world.client_token = dict[int, bytes]().__getitem__
    with pytest.raises(KeyError):
        stage.phone().subscribe()
    assert stage.observed == []
    assert int(stage.fleet.state["flags"][0]) == 0


def test_a_new_run_never_mints_a_token_of_an_earlier_one(stage: Stage) -> None:
    stage.phone().subscribe()
    later = Stage(stage.fleet)
    later.phone().subscribe()
    later.phone().rotate()
    later.phone().subscribe()
    values = [operation.value for operation in stage.observed + later.observed]
    assert [(value >> 20, value & 0xFFFFF) for value in values] == [(1, 1), (1, 1), (2, 1)]


def test_a_switched_phone_starts_with_nothing_and_the_old_one_keeps_its_device_id(stage: Stage) -> None:
    old = stage.phone()
    old.subscribe()
    new = old.switch()
    new.subscribe()
    old.unsubscribe()
    assert old.device_id != new.device_id
    assert [operation.register >> 8 & 0xFFFF for operation in stage.observed] == [0, 1, 0]
    assert stage.phone().device_id == new.device_id
    stage.phone().subscribe()
    assert (
        stage.observed[-1].value == stage.observed[1].value
    )  # the old phone's unsubscribe spent nothing of the new one's


def test_a_call_that_was_interrupted_is_observed_as_info(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> Answer:
        raise Killed

    monkeypatch.setattr(stage.backend, "subscribe", killed)
    with pytest.raises(Killed):
        stage.phone().subscribe()
    (operation,) = stage.observed
    assert (operation.kind, operation.answer.outcome, operation.answer.fault) == (
        Kind.SUBSCRIBE,
        Outcome.INFO,
        Fault.INTERRUPTED,
    )
    assert operation.answer.sent <= operation.answer.done


def test_the_owner_and_the_scenario_are_in_every_operation(stage: Stage) -> None:
    stage.phone(device=9).subscribe()
    (operation,) = stage.observed
    assert (operation.owner, operation.scenario) == (stage.fleet.home(9), 3)
    assert operation.type is PushType(operation.register & 0xFF)


def test_the_state_says_which_registrations_were_sent(stage: Stage) -> None:
    phone = stage.phone()
    before = int(stage.fleet.state["flags"][0])
    phone.subscribe()
    subscribed = int(stage.fleet.state["flags"][0])
    phone.unsubscribe()
    assert (before, subscribed, int(stage.fleet.state["flags"][0])) == (0, Flag.SUBSCRIBED[0], Flag.SPENT[0])


def test_a_register_whose_generations_are_used_up_is_refused_and_not_minted_over(stage: Stage) -> None:
    stage.fleet.state["slots"][0] = ((1 << 20) + 0xFFFFF, 0)
    with pytest.raises(UsageError, match="start another run"):
        stage.phone().rotate()
    assert int(stage.fleet.state["slots"][0][0]) == (1 << 20) + 0xFFFFF


def test_a_register_whose_call_was_never_answered_is_remembered_for_the_next_run(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> Answer:
        return Answer(Outcome.INFO, Fault.TIMEOUT, 0, -1, -1, 1, 2)

    stage.phone(device=3).subscribe()
    assert stage.fleet.unsettled().tolist() == []
    monkeypatch.setattr(stage.backend, "subscribe", lost)
    stage.phone(device=4).subscribe()
    assert stage.fleet.unsettled().tolist() == [stage.observed[-1].register]


def test_a_push_goes_to_the_phones_owner_and_returns_what_it_reached(stage: Stage) -> None:
    phone = stage.phone()
    stage.gateways.reached = [Seen(register=7, value=1 << 20 | 1, status=200)]
    assert phone.push() == stage.gateways.reached
    phone.subscribe()
    phone.push()
    first, second = stage.gateways.pushed
    assert first == (phone.owner, 3, START)
    assert second[2] > stage.observed[0].answer.done


def test_a_push_in_a_run_without_gateways_says_what_to_do(stage: Stage) -> None:
    stage.world.pushes = None
    with pytest.raises(UsageError, match="add --readback push"):
        stage.phone().push()


def test_a_phone_handed_on_is_another_persons_with_a_token_of_their_own_and_the_former_owner_may_be_late(
    stage: Stage,
) -> None:
    phone = stage.phone(device=7)
    phone.subscribe()
    other = phone.hand_on()
    assert other is not None
    other.subscribe()
    phone.unsubscribe()
    other.subscribe()
    first, second, late, again = stage.observed
    assert [one.owner for one in stage.observed] == [phone.owner, other.owner, phone.owner, other.owner]
    assert other.owner // 4 == phone.owner // 4  # of one household
    assert stage.fleet.state["owner"][7] == other.owner
    assert first.register == second.register == late.register
    # an absence may have been written: what the new owner had is not written again
    assert len({first.value, second.value, again.value}) == 3


def test_what_either_session_of_a_phone_sends_is_remembered(stage: Stage) -> None:
    phone = stage.phone(device=7)
    phone.subscribe()
    other = phone.hand_on()
    assert other is not None
    other.subscribe()
    phone.unsubscribe()
    picked_up_again = stage.phone(device=7)
    picked_up_again.subscribe()
    values = [one.value for one in stage.observed if one.kind is Kind.SUBSCRIBE]
    assert len(set(values)) == len(values)


def test_what_was_due_is_the_first_call_of_whichever_person(stage: Stage) -> None:
    phone = stage.phone()
    other = phone.hand_on()
    assert other is not None
    other.subscribe()
    phone.unsubscribe()
    assert stage.observed[0].intended == START < stage.observed[1].intended


def test_a_phone_is_not_handed_on_where_nobody_is_free(stage: Stage) -> None:
    stage.world.hand_on = lambda _device, _person: False
    phone = stage.phone()
    assert phone.hand_on() is None
    phone.subscribe()
    assert stage.observed[0].intended == START


def test_a_token_of_a_refused_request_is_never_written_again(stage: Stage) -> None:
    phone = stage.phone()
    phone.subscribe_wrongly(lambda fields: {**fields, "type": 7}, Refusal(400, "INVALID_PARAMETER"))
    phone.subscribe()
    assert generations(stage) == [1, 2]
    assert [operation.answer.outcome for operation in stage.observed] == [Outcome.FAIL, Outcome.OK]
    assert stage.backend.calls[0][:2] == ("wrong subscribe", "7")


def test_after_an_unsubscribe_that_was_refused_the_next_token_is_new_all_the_same(stage: Stage) -> None:
    phone = stage.phone()
    phone.subscribe()
    phone.unsubscribe_wrongly(lambda fields: {"deviceId": fields["deviceId"]}, Refusal(400, "MISSING_PARAMETER"))
    phone.subscribe()
    assert [(operation.kind, operation.value & 0xFFFFF) for operation in stage.observed if operation.value > 0] == [
        (Kind.SUBSCRIBE, 1),
        (Kind.SUBSCRIBE, 2),
    ]


def test_a_call_without_patience_may_act_whenever_it_likes(stage: Stage) -> None:
    phone = stage.phone()
    stage.world.within = lambda _seconds, _call: None
    phone.subscribe(patience=0.01)
    assert stage.observed[0].answer[:3] == (Outcome.INFO, Fault.PHONE, 0)
    phone.subscribe()  # the same token again, and before any other: the rule allows it
    phone.rotate()
    phone.subscribe()
    assert generations(stage) == [1, 1, 2]
    stage.phone().subscribe()
    assert generations(stage) == [1, 1, 2, 3]  # the first may still act after 2, and so 2 is not written again


def test_a_copy_of_a_phone_that_was_switched_leaves_the_new_one_alone(stage: Stage) -> None:
    old = stage.phone()
    device, restored = old.device, old.restore()
    new = restored.switch()
    new.rotate()
    new.rotate()
    new.subscribe()
    kept = str(stage.fleet.state[device])
    for kind in old.types:
        old.rotate(kind)
        old.subscribe(kind)
    assert str(stage.fleet.state[device]) == kept


def test_nor_does_a_copy_that_moves_to_its_installation_id_move_the_new_one(stage: Stage) -> None:
    device = next(each for each in range(stage.fleet.devices) if stage.fleet.types(each) == (PushType.FCM,))
    old = stage.phone(device)
    old.restore().switch()
    old.move_to_installation_id()
    assert stage.fleet.state["flags"][device] == 0
