import asyncio

import pytest

from simulator.backend.policy import Policy
from simulator.backend.reply import Reply
from tests.simulator.backend.local import PLATFORM, Local, opened, play

LIMITED = Reply(
    429,
    b'{"error":"RATE_LIMIT_EXCEEDED","message":"Too many requests, please try again later","retryAfter":60}',
    (("retry-after", "60"),),
)
SUBSCRIBE = {"type": "ios", "token": "t", "deviceId": "d", "clientId": "ann"}


async def statuses(local: Local, calls: int, headers: dict[str, str]) -> list[int]:
    return [(await local.reply("/me/subscribe", SUBSCRIBE, headers)).status for _ in range(calls)]


def test_one_call_too_many_with_the_api_key_is_told_to_wait_a_minute(store: str) -> None:
    async def scene(local: Local) -> None:
        await local.parts.clients.add("ann", None, None)
        assert await statuses(local, 4, PLATFORM) == [200, 200, 200, 429]
        assert await local.reply("/admin/clients", {"_id": "bob"}, PLATFORM) == LIMITED
        assert not await local.parts.clients.has("bob")
        assert await statuses(local, 5, local.person("ann")) == [200] * 5  # people are not limited
        assert await statuses(local, 1, {"im-api-key": "guessed"}) == [401]
        local.clock.now += 59.999
        assert await statuses(local, 1, PLATFORM) == [429]
        local.clock.now += 0.001
        assert await statuses(local, 4, PLATFORM) == [200, 200, 200, 429]

    play(store, None, scene, api_limit=3)


def test_the_limit_is_exact_over_several_processes(store: str) -> None:
    async def scene() -> None:
        async with opened(store, api_limit=20) as one, opened(store, api_limit=20) as other:
            await one.parts.clients.add("ann", None, None)
            answers = await asyncio.gather(*(statuses(local, 5, PLATFORM) for local in (one, other) * 4))
            assert sorted(status for some in answers for status in some) == [200] * 20 + [429] * 20

    asyncio.run(scene())


def test_calls_with_a_wrong_key_use_nothing_up(store: str) -> None:
    async def scene(local: Local) -> None:
        await local.parts.clients.add("ann", None, None)
        assert await statuses(local, 9, {"im-api-key": "guessed"}) == [401] * 9
        assert await statuses(local, 4, PLATFORM) == [200, 200, 200, 429]

    play(store, None, scene, api_limit=3)


def test_each_person_has_a_limit_of_their_own(store: str) -> None:
    async def scene(local: Local) -> None:
        ann, bob = local.person("ann"), local.person("bob")
        assert await statuses(local, 3, ann) == [200, 200, 429]
        assert await local.reply("/me/badge", {}, ann, "GET") == LIMITED
        assert await statuses(local, 3, bob) == [200, 200, 429]
        await local.parts.clients.add("ann", None, None)
        assert await statuses(local, 5, PLATFORM) == [200] * 5
        local.clock.now += 60
        assert await statuses(local, 3, ann) == [200, 200, 429]

    assert play(store, None, scene, policy=Policy(client_limit=2)) == [("ios", "d", "ann", "t")]


@pytest.mark.parametrize("calls", [1, 30])
def test_without_a_limit_nothing_is_counted(store: str, calls: int) -> None:
    async def scene(local: Local) -> None:
        await local.parts.clients.add("ann", None, None)
        assert await statuses(local, calls, PLATFORM) == [200] * calls
        assert await local.database.query("SELECT * FROM limits") == []

    play(store, None, scene)
