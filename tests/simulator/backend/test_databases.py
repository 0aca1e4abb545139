"""What a store may count on, of SQLite as of PostgreSQL."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable

import pytest

from simulator.backend import Durability
from simulator.backend.database import Database, DatabaseError, Result
from simulator.backend.stores import StoreSpec

NUMBERS = 'CREATE TABLE numbers ("number" BIGINT PRIMARY KEY, "name" TEXT)'


def play(store: str, scene: Callable[[Database], Awaitable[None]]) -> None:
    """Have a scene on a database with a table of numbers."""

    async def run() -> None:
        database = await StoreSpec.parse(store).open(Durability.KILL)
        try:
            await database.prepare([NUMBERS])
            await scene(database)
        finally:
            await database.close()

    asyncio.run(run())


def test_a_statement_tells_its_rows_and_how_many_it_changed(store: str) -> None:
    async def scene(database: Database) -> None:
        insert = (
            'INSERT INTO numbers VALUES (?, ?), (?, ?) ON CONFLICT ("number") DO UPDATE SET "name" = excluded."name"'
        )
        outcomes = [
            await database.execute(insert, 1, "one", 2, None),
            await database.execute(insert, 2, "two", 3, "three"),
            await database.execute('UPDATE numbers SET "name" = ? WHERE "number" > ? RETURNING "number"', "many", 1),
            await database.execute("INSERT INTO numbers VALUES (1, ?) ON CONFLICT DO NOTHING", "again"),
            await database.execute('DELETE FROM numbers WHERE "name" = ?', "none"),
            await database.execute('SELECT "number", "name" FROM numbers ORDER BY 1'),
            await database.execute("DELETE FROM numbers"),
            await database.execute("DROP TABLE numbers"),
        ]
        outcomes[2].rows.sort()
        assert outcomes == [
            Result([], 2),
            Result([], 2),
            Result([(2,), (3,)], 2),
            Result([], 0),
            Result([], 0),
            Result([(1, "one"), (2, "many"), (3, "many")], 0),
            Result([], 3),
            Result([], 0),
        ]

    play(store, scene)


def test_a_query_sees_what_was_answered_before_it(store: str) -> None:
    async def scene(database: Database) -> None:
        async def insert(number: int) -> None:
            await database.execute("INSERT INTO numbers VALUES (?, ?)", number, "n")
            assert await database.query('SELECT "name" FROM numbers WHERE "number" = ?', number) == [("n",)]

        await asyncio.gather(*(insert(number) for number in range(200)))
        assert await database.query("SELECT 1 FROM numbers WHERE 1 = 0") == []

    play(store, scene)


@pytest.mark.parametrize(
    "sql", ["INSERT INTO numbers VALUES (1, 'x')", "DELETE FROM numbers RETURNING 1", "DROP TABLE numbers"]
)
def test_a_query_never_writes(store: str, sql: str) -> None:
    async def scene(database: Database) -> None:
        await database.execute("INSERT INTO numbers VALUES (0, ?)", "zero")
        with pytest.raises(DatabaseError, match=r"(?i)read-?only"):
            await database.query(sql)
        assert await database.query("SELECT * FROM numbers") == [(0, "zero")]

    play(store, scene)


def test_a_question_mark_in_a_text_or_a_name_is_no_parameter(store: str) -> None:
    async def scene(database: Database) -> None:
        await database.prepare(['CREATE TABLE "what?" ("why?" TEXT)'])
        await database.execute("INSERT INTO \"what?\" VALUES ('who''s ?' || ?)", "!")
        found = await database.query('SELECT "why?", \'"?"\', ? || ? FROM "what?"', "a", "b")
        assert found == [("who's ?!", '"?"', "ab")]

    play(store, scene)


def test_texts_come_back_as_they_were(store: str) -> None:
    texts = ["", " ", "'", '"', "\\", "ü", "\U0001f4f1", "\r\n\t", "x" * 100_000]

    async def scene(database: Database) -> None:
        for number, text in enumerate(texts):
            await database.execute("INSERT INTO numbers VALUES (?, ?)", 2**62 + number, text)
        assert await database.query("SELECT * FROM numbers ORDER BY 1") == [
            (2**62 + number, text) for number, text in enumerate(texts)
        ]

    play(store, scene)


def test_a_refused_statement_takes_nobody_with_it(store: str) -> None:
    async def scene(database: Database) -> None:
        inserts = (database.execute("INSERT INTO numbers VALUES (?, ?)", number, None) for number in (1, 1, 2))
        outcomes = await asyncio.gather(*inserts, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes].count(DatabaseError) == 1
        assert await database.query('SELECT "number" FROM numbers ORDER BY 1') == [(1,), (2,)]

    play(store, scene)


@pytest.mark.parametrize(
    ("sql", "parameters"),
    [
        ("INSERT INTO numbers VALUES (1, ?)", ["very-secret-token"]),
        ('CREATE UNIQUE INDEX names ON numbers ("name")', []),
        ("INSERT INTO numbers VALUES (?, 'x')", ["very-secret-token"]),
        ("INSERT INTO numbers VALUES (?, ?)", ["very-secret-token", 7]),
        ('INSERT INTO numbers SELECT "number" / 0, "name" FROM numbers WHERE 1 / ("number" - 1) > 0', []),
    ],
    ids=["a key twice", "an index on duplicates", "a text for a number", "all wrong", "no sense"],
)
def test_an_error_tells_no_value(store: str, sql: str, parameters: list[str | int]) -> None:
    async def scene(database: Database) -> None:
        await database.prepare(['CREATE UNIQUE INDEX keys ON numbers ("number")'])
        await database.execute("INSERT INTO numbers VALUES (1, 'very-secret-token'), (2, 'very-secret-token')")
        (outcome,) = await asyncio.gather(database.execute(sql, *parameters), return_exceptions=True)
        if not isinstance(outcome, Result):
            assert isinstance(outcome, DatabaseError)
            assert "very-secret-token" not in "".join(traceback.format_exception(outcome))

    play(store, scene)


def test_preparing_makes_all_or_nothing(store: str) -> None:
    async def scene(database: Database) -> None:
        await database.execute("INSERT INTO numbers VALUES (1, 'a'), (2, 'a')")
        with pytest.raises(DatabaseError, match=r"(?i)unique"):
            await database.prepare(["CREATE TABLE more (a BIGINT)", 'CREATE UNIQUE INDEX names ON numbers ("name")'])
        await database.prepare(["CREATE TABLE more (a BIGINT)"])
        assert await database.query("SELECT * FROM more") == []

    play(store, scene)


def test_preparing_beside_statements_loses_none_of_them(store: str) -> None:
    async def scene(database: Database) -> None:
        inserts = [database.execute("INSERT INTO numbers VALUES (?, ?)", number, "n") for number in range(50)]
        failing = database.prepare(["CREATE TABLE more (a BIGINT)", "CREATE TABLE numbers (a BIGINT)"])
        others = [database.execute("INSERT INTO numbers VALUES (?, ?)", number, "n") for number in range(50, 100)]
        outcomes = await asyncio.gather(*inserts, failing, *others, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes].count(Result) == 100
        assert await database.query("SELECT COUNT(*) FROM numbers") == [(100,)]
        assert isinstance(outcomes[50], DatabaseError)

    play(store, scene)


def test_closing_waits_for_what_is_under_way(store: str) -> None:
    async def scene() -> None:
        database = await StoreSpec.parse(store).open(Durability.KILL)
        await database.prepare([NUMBERS])
        inserting = [asyncio.create_task(database.execute("INSERT INTO numbers VALUES (?, 'n')", n)) for n in range(50)]
        await asyncio.sleep(0)
        await database.close()
        assert [task.result().changed for task in inserting] == [1] * 50

    asyncio.run(scene())


def test_whoever_is_cancelled_takes_nobody_along(store: str) -> None:
    async def scene(database: Database) -> None:
        tasks = [asyncio.create_task(database.execute("INSERT INTO numbers VALUES (?, 'n')", n)) for n in range(50)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert outcomes[1::2] == [Result([], 1)] * 25
        assert (await database.execute("INSERT INTO numbers VALUES (50, 'n')")).changed == 1

    play(store, scene)
