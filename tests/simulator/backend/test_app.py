import asyncio
import logging

import pytest

from simulator.backend.database import DatabaseError
from tests.simulator.backend.local import Local, opened, play


def test_an_expired_token_is_unauthorized_and_changes_nothing(store: str) -> None:
    async def scene(local: Local) -> None:
        headers = local.person("ann")
        local.clock.now += 7 * 24 * 3600
        body = {"type": "ios", "token": "t", "deviceId": "d"}
        assert await local.call("/me/subscribe", body, headers) == (
            401,
            {
                "RC": 401,
                "RM": "Unauthorized",
                "error": {"code": "INVALID_TOKEN", "message": "Invalid or expired token"},
            },
        )

    assert play(store, None, scene) == []


def test_an_issued_token_carries_the_date_of_its_end_and_is_good_at_once(store: str) -> None:
    async def scene(local: Local) -> None:
        body = {"_id": "ann", "issueAccessToken": True}
        status, answer = await local.call("/admin/clients", body, {"im-api-key": "api key"})
        assert status == 200
        assert answer["result"]["_id"] == "ann"
        assert answer["result"]["expirationDate"] == "2027-01-22T08:00:00.000Z"
        headers = {"im-client-key": "client key", "im-authorization": answer["result"]["token"]}
        await local.call("/me/subscribe", {"type": "ios", "token": "t", "deviceId": "d"}, headers)

    assert play(store, None, scene) == [("ios", "d", "ann", "t")]


def test_a_clientid_beside_a_client_token_binds_nobody_else(store: str) -> None:
    async def scene(local: Local) -> None:
        await local.parts.clients.add("bob", None, None)
        body = {"type": "ios", "token": "t", "deviceId": "d", "clientId": "bob"}
        await local.call("/me/subscribe", body, local.person("ann"))

    assert play(store, None, scene) == [("ios", "d", "ann", "t")]


def test_a_write_that_fails_is_an_internal_error_without_its_token_in_the_log(
    store: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise DatabaseError("disk I/O error")

    async def scene() -> None:
        async with opened(store) as local:
            monkeypatch.setattr(local.database, "execute", fail)
            status, answer = await local.subscribe("ann", "ios", "d", "very-secret-token")
            assert (status, answer["RC"], answer["error"]["code"]) == (500, 500, "INTERNAL_ERROR")

    with caplog.at_level(logging.DEBUG):
        asyncio.run(scene())
    assert "disk I/O error" in caplog.text
    assert "very-secret-token" not in caplog.text
