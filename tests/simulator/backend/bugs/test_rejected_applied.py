from collections.abc import Callable

from tests.simulator.backend.local import Local, play

WHOLE = {"type": "ios", "token": "t1", "deviceId": "d"}


async def _subscribes_wrongly(local: Local) -> None:
    answer = await local.call("/me/subscribe", {**WHOLE, "clientId": 7}, local.person("ann"))
    assert (answer[0], answer[1]["error"]["code"]) == (400, "INVALID_PARAMETER")


async def _unsubscribes_wrongly(local: Local) -> None:
    assert (await local.call("/me/subscribe", WHOLE, local.person("ann")))[0] == 200
    said = {"type": "ios", "deviceId": "d", "clientId": 7}
    assert (await local.call("/me/unsubscribe", said, local.person("ann")))[0] == 400


async def _says_too_little(local: Local) -> None:
    for left_out in WHOLE:
        said = {name: value for name, value in WHOLE.items() if name != left_out}
        assert (await local.call("/me/subscribe", said, local.person("ann")))[0] == 400
    assert (await local.call("/me/subscribe", WHOLE, {"im-client-key": "client key"}))[0] == 401


def test_a_refused_request_takes_effect(new_store: Callable[[], str]) -> None:
    assert play(new_store(), "rejected-applied", _subscribes_wrongly) == [("ios", "d", "ann", "t1")]
    assert play(new_store(), "rejected-applied", _unsubscribes_wrongly) == []
    assert play(new_store(), None, _subscribes_wrongly) == []
    assert play(new_store(), None, _unsubscribes_wrongly) == [("ios", "d", "ann", "t1")]


def test_one_that_says_too_little_or_comes_from_nobody_does_not(new_store: Callable[[], str]) -> None:
    assert play(new_store(), "rejected-applied", _says_too_little) == []
