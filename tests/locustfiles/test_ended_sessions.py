"""Client tokens of sessions that have ended are refused, whoever's they are."""

import asyncio
from pathlib import Path

from locustfiles._ended_sessions import damaged, expired, session_secret
from simulator.backend.client_tokens import ClientTokens
from simulator.fleet import Fleet
from tests.simulator.backend.local import Local, opened


def test_an_expired_token_was_good_a_week_ago_and_names_the_person(tmp_path: Path) -> None:
    fleet = Fleet.create(tmp_path / "fleet", 20, 7)
    token = expired(fleet)(3).decode()
    tokens = ClientTokens(session_secret(fleet))
    assert (tokens.person(token), tokens.is_ours(token)) == (None, True)
    assert ClientTokens(session_secret(fleet), clock=lambda: 0.0).person(token) == fleet.client_id(3)


def test_a_damaged_token_is_refused(tmp_path: Path) -> None:
    async def statuses() -> list[int]:
        async with opened(tmp_path / "b.sqlite") as local:
            good = local.tokens.issue("ann").token.encode()
            bad = damaged(lambda _: good)(3)
            return [await _subscribed(local, token) for token in (good, bad, damaged(lambda _: bad)(3))]

    assert asyncio.run(statuses())[:2] == [200, 401]
    assert damaged(lambda _: b"opaque-token-A")(3) == b"opaque-tokenAA"


async def _subscribed(local: Local, token: bytes) -> int:
    headers = {"im-client-key": "client key", "im-authorization": token.decode()}
    return (await local.call("/me/subscribe", {"type": "ios", "token": "t", "deviceId": "d"}, headers))[0]
