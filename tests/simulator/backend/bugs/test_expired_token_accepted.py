from collections.abc import Callable

from simulator.backend.client_tokens import WEEK
from tests.simulator.backend.local import Local, play


def _later(store: str, bug: str | None) -> int:
    """The status of a subscribe with a client token that has expired."""
    statuses = []

    async def scene(local: Local) -> None:
        headers = local.person("ann")
        local.clock.now += WEEK + 1
        said = {"type": "ios", "token": "t1", "deviceId": "d"}
        statuses.append((await local.call("/me/subscribe", said, headers))[0])
        forged = {**headers, "im-authorization": headers["im-authorization"][:-6] + "AAAAAA"}
        assert (await local.call("/me/subscribe", said, forged))[0] == 401

    play(store, bug, scene)
    return statuses[0]


def test_an_expired_client_token_is_taken_and_a_forged_one_is_not(new_store: Callable[[], str]) -> None:
    assert _later(new_store(), "expired-token-accepted") == 200
    assert _later(new_store(), None) == 401
