"""What only a database across a network has; what it shares with SQLite is in test_databases.py."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from simulator.backend import Durability
from simulator.backend.database import DatabaseError, Result
from simulator.backend.postgresql import PostgresqlDatabase
from simulator.postgresql.url import PostgresqlUrl
from tests.postgresql import Postgresql, rows_of
from tests.simulator.backend.local import Local
from tests.simulator.backend.local import opened as opened_app

NUMBERS = 'CREATE TABLE numbers ("number" BIGINT PRIMARY KEY, "name" TEXT)'
NAMES = "SELECT name FROM numbers ORDER BY number"


@asynccontextmanager
async def opened(url: str, durability: Durability = Durability.KILL) -> AsyncIterator[PostgresqlDatabase]:
    database = await PostgresqlDatabase.open(PostgresqlUrl.parse(url, "--store"), durability)
    try:
        await database.prepare([NUMBERS])
        yield database
    finally:
        await database.close()


@pytest.mark.parametrize(("durability", "synchronous"), [(Durability.POWER, "on"), (Durability.KILL, "off")])
def test_each_durability_commits_as_it_says_whatever_the_server_is_set_to(
    postgresql_url: str, durability: Durability, synchronous: str
) -> None:
    async def scene() -> None:
        async with opened(f"{postgresql_url}&synchronous_commit=local", durability) as database:
            settings = "SELECT current_setting('synchronous_commit'), current_setting('transaction_isolation')"
            assert (await database.execute(settings)).rows == [(synchronous, "read committed")]

    asyncio.run(scene())


def test_a_lost_connection_costs_its_statement_and_a_lost_server_all_of_them() -> None:
    async def scene(server: Postgresql) -> None:
        others = "FROM pg_stat_activity WHERE application_name = 'pushfleet'"
        async with opened(server.url()) as database:
            sleeping = asyncio.create_task(database.execute("SELECT pg_sleep(60)"))
            await _until(server.url(), f"SELECT 1 {others} AND wait_event = 'PgSleep'")
            lost = await asyncio.to_thread(server.run, f"SELECT pid, pg_terminate_backend(pid) {others}")
            with pytest.raises(DatabaseError, match="terminating connection due to administrator command"):
                await sleeping
            pids = tuple(pid for pid, _ in lost)
            await _until(server.url(), f"SELECT 1 WHERE NOT EXISTS (SELECT 1 {others} AND pid IN {pids})")
            await asyncio.gather(*(database.execute("INSERT INTO numbers VALUES (?, 'n')", n) for n in range(30)))
            assert (len(lost), await database.query("SELECT COUNT(*) FROM numbers")) == (12, [(30,)])
            await asyncio.to_thread(server.stop)
            with pytest.raises(DatabaseError):
                await database.execute("INSERT INTO numbers VALUES (30, 'n')")
            with pytest.raises(DatabaseError, match="Connect call failed"):
                await database.query("SELECT COUNT(*) FROM numbers")

    with Postgresql.start() as server:
        asyncio.run(scene(server))


async def _until(url: str, question: str) -> None:
    """Return once the database says so; bounded by the test's own time."""
    async with asyncio.timeout(60):
        while not await asyncio.to_thread(rows_of, url, question):
            pass


def test_a_statement_that_a_deadlock_took_back_is_made_again(postgresql_url: str) -> None:
    async def scene() -> None:
        async with opened(f"{postgresql_url}&deadlock_timeout=50ms") as database:
            await database.execute("INSERT INTO numbers VALUES (2, 'a'), (1, 'a')")
            other = await asyncpg.connect(postgresql_url, server_settings={"deadlock_timeout": "10s"})
            async with other.transaction():
                await other.execute("UPDATE numbers SET name = 'b' WHERE number = 1")
                # It locks row 2, which comes first in the table, and waits for row 1.
                both = asyncio.create_task(database.execute('UPDATE numbers SET "name" = "name" || ?', "c"))
                await _until(postgresql_url, "SELECT 1 FROM pg_locks WHERE NOT granted")
                await other.execute("UPDATE numbers SET name = 'd' WHERE number = 2")
            await other.close()
            assert await both == Result([], 2)
            assert await database.query(NAMES) == [("bc",), ("dc",)]

    asyncio.run(scene())


def test_a_text_that_postgresql_cannot_hold_is_refused_without_being_shown(postgresql_url: str) -> None:
    async def scene() -> None:
        async with opened(postgresql_url) as database:
            with pytest.raises(DatabaseError, match=r"^a value does not fit \(CharacterNotInRepertoireError\)$"):
                await database.execute("INSERT INTO numbers VALUES (1, ?)", "very-secret\0token")

    asyncio.run(scene())


def test_a_database_that_cannot_hold_every_character_is_refused(postgresql: Postgresql) -> None:
    postgresql.run("CREATE DATABASE western ENCODING 'LATIN1' TEMPLATE template0")
    with pytest.raises(DatabaseError, match=r"^its encoding is LATIN1 and has to be UTF8$"):
        asyncio.run(
            PostgresqlDatabase.open(PostgresqlUrl.parse(postgresql.url().replace("/postgres?", "/western?"), ""))
        )
    postgresql.run("DROP DATABASE western")


def test_a_subscribe_that_began_before_a_logout_leaves_nothing_after_it(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(local: Local, keeper: "asyncpg.Connection[asyncpg.Record]") -> None:
        await local.subscribe("bob", "ios", "d", "t1")
        ann = local.person("ann")
        holding = keeper.transaction()
        await holding.start()
        await keeper.execute("SELECT 1 FROM subscriptions FOR UPDATE")
        settle = local.database.settle

        async def let_go_and_settle() -> None:
            await holding.rollback()
            await settle()

        monkeypatch.setattr(local.database, "settle", let_go_and_settle)
        body = {"type": "ios", "token": "t2", "deviceId": "d"}
        subscribing = asyncio.create_task(local.call("/me/subscribe", body, ann))
        waiting = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'pushfleet' AND wait_event_type = 'Lock'"
        await _until(postgresql_url, waiting)  # it has seen ann's token to be good
        assert (await local.call("/me/logout", {}, {**ann, "im-device-id": "d"}))[0] == 200
        if keeper.is_in_transaction():
            await holding.rollback()
        assert (await subscribing)[0] == 200
        assert await local.rows() == []

    async def run() -> None:
        keeper = await asyncpg.connect(postgresql_url)
        try:
            async with opened_app(postgresql_url) as local:
                await scene(local, keeper)
        finally:
            await keeper.close()

    asyncio.run(run())
