import asyncio
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from simulator.backend import Durability, sqlite
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


def _other_process(path: Path) -> sqlite3.Connection:
    """A connection that writes, as far as the database can tell from another process."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_while_another_process_writes_the_event_loop_goes_on_and_what_waits_is_written_afterwards(
    tmp_path: Path,
) -> None:
    async def scene() -> None:
        database = SqliteDatabase(tmp_path / "b", Durability.KILL)
        await database.execute("CREATE TABLE numbers (number INTEGER)")
        other = _other_process(tmp_path / "b")
        inserts = [asyncio.create_task(database.execute("INSERT INTO numbers VALUES (?)", n)) for n in range(3)]
        looked, often = list[str](), asyncio.Event()

        def look(sql: str) -> None:
            looked.append(sql)
            if len(looked) == 10:
                often.set()

        database._connection.set_trace_callback(look)
        await asyncio.wait_for(often.wait(), 10)
        assert set(looked) == {"BEGIN IMMEDIATE"}
        assert await database.query("SELECT * FROM numbers") == []
        assert not any(insert.done() for insert in inserts)
        inserts.append(asyncio.create_task(database.execute("INSERT INTO numbers VALUES (3)")))
        await asyncio.sleep(0)
        other.rollback()
        await asyncio.gather(*inserts)
        assert looked.count("COMMIT") == 1
        assert await database.query("SELECT * FROM numbers") == [(0,), (1,), (2,), (3,)]
        other.close()
        await database.close()

    asyncio.run(scene())


def test_another_process_that_writes_for_too_long_costs_what_waits_and_nothing_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        database = SqliteDatabase(tmp_path / "b", Durability.KILL)
        await database.execute("CREATE TABLE numbers (number INTEGER)")
        other = _other_process(tmp_path / "b")
        monkeypatch.setattr(sqlite, "_BUSY_SECONDS", 0.05)
        inserts = (database.execute("INSERT INTO numbers VALUES (?)", n) for n in range(2))
        outcomes = await asyncio.gather(*inserts, return_exceptions=True)
        assert [str(outcome) for outcome in outcomes] == [
            "other processes have kept the database locked for 0.05 s"
        ] * 2
        other.rollback()
        other.close()
        await database.execute("INSERT INTO numbers VALUES (2)")
        assert await database.query("SELECT * FROM numbers") == [(2,)]
        await database.close()

    asyncio.run(scene())


def test_a_query_waits_for_a_process_that_recovers_the_file(tmp_path: Path) -> None:
    async def scene() -> None:
        database = SqliteDatabase(tmp_path / "b", Durability.KILL)
        reader = database._reader
        database._reader = _Busy(reader, 3)  # type: ignore[assignment]
        assert await database.query("SELECT 1") == [(1,)]
        await database.close()

    asyncio.run(scene())


class _Busy:
    """A connection that is refused some times, as while another process recovers the file."""

    def __init__(self, connection: sqlite3.Connection, times: int) -> None:
        self._connection = connection
        self._times = times
        self.close = connection.close

    def execute(self, sql: str, parameters: tuple[Any, ...]) -> sqlite3.Cursor:
        self._times -= 1
        if self._times < 0:
            return self._connection.execute(sql, parameters)
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY_RECOVERY
        raise error


def test_who_opens_a_new_file_at_the_same_moment_as_others_gets_in(tmp_path: Path) -> None:
    together = threading.Barrier(8)

    def open_and_close(path: Path) -> None:
        together.wait(60)
        asyncio.run(SqliteDatabase(path, Durability.KILL).close())

    with ThreadPoolExecutor(8) as processes:  # which threads are, to SQLite's locks
        opened = list(processes.map(open_and_close, [tmp_path / f"b{turn}" for turn in range(60) for _ in range(8)]))
    assert len(opened) == 60 * 8  # and none of them has raised


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("a letter to the editor, of no interest to SQLite" * 100)
    with pytest.raises(DatabaseError, match="not a database"):
        SqliteDatabase(tmp_path / "b")
