"""Client tokens that are the platform's own."""

import pytest

from tests.simulator.backend.bearers import CALLS, OK, REVOKED, SUBSCRIBE, bearing, bound, issued, two_processes
from tests.simulator.backend.local import PLATFORM, Local, play


def test_a_bound_token_is_good_in_every_process_until_it_expires(store: str) -> None:
    async def scene(one: Local, other: Local) -> None:
        answer = await bound(one, "ann", "any string, e.g. {x}", expirationDate="2027-01-15T08:00:01Z")
        assert answer == (
            200,
            {
                "RC": 0,
                "RM": "OK",
                "result": {
                    "token": "any string, e.g. {x}",
                    "client": "ann",
                    "expirationDate": "2027-01-15T08:00:01.000Z",
                    "expirationDateMS": 1_800_000_001_000,
                },
            },
        )
        ann = bearing("any string, e.g. {x}")
        assert await other.call("/me/subscribe", SUBSCRIBE, ann) == OK
        assert await other.call("/me/subscribe", SUBSCRIBE, bearing("any string")) == REVOKED
        for local in (one, other):
            local.clock.now += 1
            for method, path, body in CALLS:
                assert await local.call(path, body, ann, method) == REVOKED

    two_processes(store, scene)


def test_several_bound_tokens_live_side_by_side_and_a_week_where_no_date_is_given(store: str) -> None:
    async def scene(local: Local) -> None:
        made = await local.call("/admin/clients", {"_id": "ann", "token": "first"}, PLATFORM)
        assert made == (200, {"RC": 0, "RM": "OK", "result": {"_id": "ann", "id": "ann"}})
        await bound(local, "ann", "second")
        local.clock.now += 7 * 24 * 3600 - 1
        for token in ("first", "second"):
            assert (await local.call("/me/badge", {}, bearing(token), "GET"))[0] == 200
        local.clock.now += 1
        assert await local.call("/me/badge", {}, bearing("first"), "GET") == REVOKED

    play(store, None, scene)


def test_a_token_that_is_anothers_is_not_bound(store: str) -> None:
    conflict = (
        409,
        {
            "RC": 409,
            "RM": "Conflict",
            "error": {"code": "TOKEN_CONFLICT", "message": "Token already exists for another client"},
        },
    )

    async def scene(local: Local) -> None:
        ours = await issued(local, "ann")
        await bound(local, "ann", "own", expirationDate="2027-01-15T08:00:01Z")
        assert await bound(local, "bob", "own") == conflict
        assert await bound(local, "bob", ours["im-authorization"]) == conflict
        made = await local.call("/admin/clients", {"_id": "cleo", "nickname": "C", "token": "own"}, PLATFORM)
        assert made == conflict
        assert not await local.parts.clients.has("cleo")
        local.clock.now += 1  # once it has expired, it is free
        assert (await bound(local, "bob", "own"))[0] == 200
        await local.call("/me/subscribe", SUBSCRIBE, bearing("own"))

    assert play(store, None, scene) == [("ios", "d", "bob", "t")]


def test_a_token_that_is_not_the_clients_is_not_revoked(store: str) -> None:
    missing = (
        404,
        {
            "RC": 404,
            "RM": "Not Found",
            "error": {"code": "TOKEN_NOT_FOUND", "message": "Specified token not found for this client"},
        },
    )

    async def scene(local: Local) -> None:
        bob = await issued(local, "bob")
        await bound(local, "bob", "own")
        await issued(local, "ann")
        for token in (bob["im-authorization"], "own", "none"):
            assert await local.call("/admin/clients/ann/token", {"token": token}, PLATFORM, "DELETE") == missing
        for headers in (bob, bearing("own")):
            assert (await local.call("/me/badge", {}, headers, "GET"))[0] == 200

    play(store, None, scene)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_the_tokens_of_a_client_whom_nobody_made_are_not_found(store: str, method: str) -> None:
    async def scene(local: Local) -> None:
        status, answer = await local.call("/admin/clients/nobody/token", {"token": "own"}, PLATFORM, method)
        assert (status, answer["error"]["code"]) == (404, "CLIENT_NOT_FOUND")
        assert await local.database.query("SELECT * FROM bindings") == []

    play(store, None, scene)


@pytest.mark.parametrize("token", ["ü", " own", "own ", "a\nb", "\x7f"])
def test_a_token_that_no_header_can_carry_is_not_bound(store: str, token: str) -> None:
    async def scene(local: Local) -> None:
        status, answer = await bound(local, "ann", token)
        assert (status, answer["error"]["code"]) == (400, "INVALID_PARAMETER")
        assert await local.database.query("SELECT * FROM bindings") == []

    play(store, None, scene)


@pytest.mark.parametrize(
    ("date", "milliseconds"),
    [
        ("2027-01-15T08:00:00.123Z", 1_800_000_000_123),
        ("2027-01-15t09:00:00.1234567+01:00", 1_800_000_000_123),
        ("2027-01-15T08:00:00", 1_800_000_000_000),
        ("2027-01-15", 1_799_971_200_000),
        ("0001-01-01T00:00:00+14:00", -62_135_596_800_000),
        ("9999-12-31T23:59:59-14:00", 253_402_300_799_999),
    ],
)
def test_dates_are_read_as_iso_8601_has_them(store: str, date: str, milliseconds: int) -> None:
    async def scene(local: Local) -> None:
        _, answer = await bound(local, "ann", "own", expirationDate=date)
        assert answer["result"]["expirationDateMS"] == milliseconds

    play(store, None, scene)


@pytest.mark.parametrize("date", ["", "soon", "1800000000", "2027-13-01", "2027-01-15T24:00:01Z"])
def test_what_is_no_date_is_refused(store: str, date: str) -> None:
    async def scene(local: Local) -> None:
        status, answer = await bound(local, "ann", "own", expirationDate=date)
        assert (status, answer["error"]["message"]) == (400, "expirationDate is no date in ISO 8601")

    play(store, None, scene)


def test_the_database_holds_no_token(store: str) -> None:
    async def scene(local: Local) -> None:
        ann = await issued(local, "ann")
        await bound(local, "ann", "own-secret")
        await local.call("/me/logout", {}, ann)
        kept = [await local.database.query(f"SELECT * FROM {name}") for name in ("bindings", "revocations")]  # noqa: S608 - our own names
        assert len(kept[0]) == len(kept[1]) == 1
        assert "own-secret" not in str(kept)
        assert ann["im-authorization"] not in str(kept)

    play(store, None, scene)
