import asyncio
import sqlite3
from pathlib import Path

import pytest

from simulator.backend import Durability
from simulator.backend.database import DatabaseError
from simulator.backend.sqlite import SqliteDatabase


def test_no_statement_is_answered_before_another_process_could_read_it(tmp_path: Path) -> None:
    async def scene() -> None:
        database = SqliteDatabase(tmp_path / "b")
        await database.execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY)")
        reader = sqlite3.connect(tmp_path / "b")

        async def insert(number: int) -> None:
            await database.execute("INSERT INTO numbers VALUES (?)", number)
            assert reader.execute("SELECT 1 FROM numbers WHERE number = ?", (number,)).fetchall() == [(1,)]

        await asyncio.gather(*(insert(number) for number in range(200)))
        reader.close()
        await database.close()

    asyncio.run(scene())


def test_statements_that_arrive_together_share_a_transaction(tmp_path: Path) -> None:
    async def scene() -> None:
        database = SqliteDatabase(tmp_path / "b", Durability.KILL)
        await database.execute("CREATE TABLE numbers (number INTEGER)")
        said: list[str] = []
        database._connection.set_trace_callback(said.append)
        await asyncio.gather(*(database.execute("INSERT INTO numbers VALUES (?)", number) for number in range(10)))
        assert [said.count("BEGIN IMMEDIATE"), sum("INSERT" in sql for sql in said), said.count("COMMIT")] == [1, 10, 1]
        await database.close()

    asyncio.run(scene())


def test_a_refused_statement_takes_nobody_with_it(tmp_path: Path) -> None:
    async def scene() -> None:
        database = SqliteDatabase(tmp_path / "b", Durability.KILL)
        await database.execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY)")
        inserts = (database.execute("INSERT INTO numbers VALUES (?)", number) for number in (1, 1, 2))
        outcomes = await asyncio.gather(*inserts, return_exceptions=True)
        assert [isinstance(outcome, DatabaseError) for outcome in outcomes] == [False, True, False]
        assert (await database.execute("SELECT number FROM numbers")).rows == [(1,), (2,)]
        await database.close()

    asyncio.run(scene())


def test_a_full_disk_refuses_all_that_it_takes_away(tmp_path: Path) -> None:
    async def scene() -> None:
        database = SqliteDatabase(tmp_path / "b", Durability.KILL)
        await database.execute("CREATE TABLE texts (text TEXT)")
        await database.execute("PRAGMA max_page_count = 4")
        small, large = "s", "l" * 100_000
        inserts = (database.execute("INSERT INTO texts VALUES (?)", text) for text in (small, large, small))
        outcomes = await asyncio.gather(*inserts, return_exceptions=True)
        kept = len((await database.execute("SELECT text FROM texts")).rows)
        assert kept == sum(not isinstance(outcome, DatabaseError) for outcome in outcomes)
        assert isinstance(outcomes[1], DatabaseError)
        assert (await database.execute("INSERT INTO texts VALUES (?)", small)).changed == 1
        await database.close()

    asyncio.run(scene())


def test_a_commit_that_fails_is_nobodys_acknowledgement(tmp_path: Path) -> None:
    async def scene() -> None:
        database = SqliteDatabase(tmp_path / "b", Durability.KILL)
        await database.execute("CREATE TABLE parents (id INTEGER PRIMARY KEY)")
        await database.execute(
            "CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)"
        )
        database._connection.execute("PRAGMA foreign_keys = ON")
        orphan = database.execute("INSERT INTO children VALUES (1)")
        parent = database.execute("INSERT INTO parents VALUES (2)")
        outcomes = await asyncio.gather(orphan, parent, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [DatabaseError, DatabaseError]
        assert (await database.execute("SELECT id FROM parents")).rows == []
        await database.close()

    asyncio.run(scene())


@pytest.mark.parametrize(("durability", "synchronous"), [(Durability.POWER, 2), (Durability.KILL, 1)])
def test_each_durability_syncs_as_it_says(tmp_path: Path, durability: Durability, synchronous: int) -> None:
    async def scene() -> None:
        database = SqliteDatabase(tmp_path / "b", durability)
        assert (await database.execute("PRAGMA journal_mode")).rows == [("wal",)]
        assert (await database.execute("PRAGMA synchronous")).rows == [(synchronous,)]
        await database.close()

    asyncio.run(scene())


def test_closing_waits_for_what_is_under_way(tmp_path: Path) -> None:
    async def scene() -> None:
        database = SqliteDatabase(tmp_path / "b", Durability.KILL)
        await database.execute("CREATE TABLE numbers (number INTEGER)")
        inserting = asyncio.create_task(database.execute("INSERT INTO numbers VALUES (1)"))
        await asyncio.sleep(0)
        await database.close()
        assert (await inserting).changed == 1

    asyncio.run(scene())
    reader = sqlite3.connect(tmp_path / "b")
    assert reader.execute("SELECT number FROM numbers").fetchall() == [(1,)]
    reader.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("a letter to the editor, of no interest to SQLite" * 100)
    with pytest.raises(DatabaseError, match="not a database"):
        SqliteDatabase(tmp_path / "b")
