"""PostgreSQL, on connections that are opened at the start and kept.

Every statement is a transaction of its own under READ COMMITTED, where `INSERT … ON CONFLICT DO UPDATE` on one unique
index is atomic and neither fails nor has to be tried again, however many do it at once. A statement on several rows can
run into a deadlock with another one; PostgreSQL then takes back the whole of one of them, which is tried again.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import count
from typing import Any, Final, Self, TypeAlias, TypeVar

import asyncpg

from simulator.backend.database import DatabaseError, Parameter, Result, Rows
from simulator.backend.sqlite import Durability
from simulator.postgresql.errors import ERRORS, in_words
from simulator.postgresql.url import PostgresqlUrl

# Four processes take half of the hundred connections that PostgreSQL allows by default. All are opened at the start:
# one too many shows then, and not in the middle of a load.
_WRITERS: Final = 8
_READERS: Final = 4
_CONNECT_SECONDS: Final = 5.0
_STATEMENT_SECONDS: Final = 30.0  # for a server that has gone without a word
_PREPARE_SECONDS: Final = 600.0  # for an index on a large table, several times if several processes start
_ATTEMPTS: Final = 5
_LOOK_SECONDS: Final = 0.001
# A connection is active from before its statement takes its view of the data until after that has committed.
_UNDER_WAY: Final = (
    "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = current_setting('application_name')"
    " AND datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' AND query_start < ?"
)
_PREPARING: Final = 0x7075736866  # the advisory lock of those who prepare: any number that nobody else takes

_QUOTED: Final = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")""")  # text and names, where a ? is no parameter
_RETURNS_ROWS: Final = re.compile(r"\s*(?:SELECT|WITH|VALUES)\b|.*\bRETURNING\b", re.IGNORECASE | re.DOTALL)
_READS: Final = re.compile(r"\s*(?:SELECT|VALUES)\b", re.IGNORECASE)

# Quoted: the stubs' classes take arguments, asyncpg's own do not.
_Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
_Connection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
_T = TypeVar("_T")


class PostgresqlDatabase:
    """A `Database` in PostgreSQL, made by `open`; to be used on one event loop.

    Durability.POWER commits with `synchronous_commit=on`: an acknowledged write survives what the server's own settings
    (`fsync`) let it survive. Durability.KILL commits with it off: a `kill -9` of the backend loses nothing, a crash of
    PostgreSQL or its machine the last half second.
    """

    rewrites_indexes: Final = False

    def __init__(self, writers: _Pool, readers: _Pool) -> None:
        self._writers = writers
        self._readers = readers
        self._under_way = 0
        self._idle = asyncio.Event()

    @classmethod
    async def open(cls, url: PostgresqlUrl, durability: Durability = Durability.POWER) -> Self:
        """The database at `url`, which must exist. Raises DatabaseError if it cannot be used."""
        settings = {
            "application_name": "pushfleet",
            "default_transaction_isolation": "read committed",
            "synchronous_commit": "on" if durability is Durability.POWER else "off",
        }
        writers = await _connect(url, _WRITERS, settings)
        try:
            readers = await _connect(url, _READERS, {**settings, "default_transaction_read_only": "on"})
        except BaseException:
            await writers.close()
            raise
        return cls(writers, readers)

    async def prepare(self, statements: Sequence[str]) -> None:
        """Apply statements that define tables and indexes, all or none of them. Raises DatabaseError."""

        async def apply(connection: _Connection) -> None:
            async with connection.transaction():
                # Not only for what they find: two that make the same table at once are refused, IF NOT EXISTS or not.
                await connection.execute("SELECT pg_advisory_xact_lock($1)", _PREPARING, timeout=_PREPARE_SECONDS)
                for statement in statements:
                    await connection.execute(statement, timeout=_PREPARE_SECONDS)

        await self._on_one_of(self._writers, apply)

    async def execute(self, sql: str, *parameters: Parameter) -> Result:
        """Apply one statement in a transaction of its own. Raises DatabaseError.

        If the connection is lost meanwhile, nobody knows whether the statement had an effect.
        """
        return await self._on_one_of(self._writers, lambda connection: _apply(connection, sql, parameters))

    async def query(self, sql: str, *parameters: Parameter) -> Rows:
        """The rows of a statement that only reads. Raises DatabaseError."""
        return (await self._on_one_of(self._readers, lambda connection: _apply(connection, sql, parameters))).rows

    async def settle(self) -> None:
        """Wait until the statements that now run on connections such as these have ended. Raises DatabaseError."""
        ((now,),) = await self.query("SELECT clock_timestamp()")
        while (await self.query(_UNDER_WAY, now))[0][0]:  # noqa: ASYNC110 - nobody tells when they end
            await asyncio.sleep(_LOOK_SECONDS)

    async def close(self) -> None:
        """Finish what is under way and close the connections."""
        while self._under_way:
            self._idle.clear()
            await self._idle.wait()
        await self._readers.close()
        await self._writers.close()

    async def _on_one_of(self, pool: _Pool, action: Callable[[_Connection], Awaitable[_T]]) -> _T:
        """What `action` returns of a connection, tried again if all it did was taken back. Raises DatabaseError."""
        self._under_way += 1
        try:
            for _ in range(_ATTEMPTS - 1):
                with suppress(asyncpg.SerializationError, asyncpg.DeadlockDetectedError):
                    async with pool.acquire() as connection:
                        return await action(connection)
            async with pool.acquire() as connection:
                return await action(connection)
        except ERRORS as error:
            raise DatabaseError(in_words(error)) from None  # the error's own words may quote a token
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()


async def _apply(connection: _Connection, sql: str, parameters: Sequence[Parameter]) -> Result:
    statement, returns_rows, reads = _translated(sql)
    if returns_rows:
        rows: Rows = [tuple(row) for row in await connection.fetch(statement, *parameters)]
        return Result(rows, 0 if reads else len(rows))
    return Result([], _changed(await connection.execute(statement, *parameters)))


@lru_cache(maxsize=1024)
def _translated(sql: str) -> tuple[str, bool, bool]:
    """The statement with $1, $2, … for each `?`, whether it returns rows, and whether it does nothing else."""
    numbers, parts = count(1), _QUOTED.split(sql)
    unquoted = "".join(parts[::2])
    parts[::2] = [re.sub(r"\?", lambda _: f"${next(numbers)}", part) for part in parts[::2]]
    return "".join(parts), bool(_RETURNS_ROWS.match(unquoted)), bool(_READS.match(unquoted))


def _changed(status: str) -> int:
    """How many rows a statement changed, by PostgreSQL's word on it: `INSERT 0 1`, `DELETE 3`, `CREATE TABLE`."""
    verb, *rest = status.split()
    return int(rest[-1]) if verb in {"INSERT", "UPDATE", "DELETE", "MERGE"} else 0


async def _connect(url: PostgresqlUrl, connections: int, settings: dict[str, str]) -> _Pool:
    """Connections, each in use or idle for as long as the pool is open. Raises DatabaseError."""
    try:
        pool = await asyncpg.create_pool(
            url.text,
            min_size=connections,
            max_size=connections,
            max_inactive_connection_lifetime=0,
            reset=_left_as_it_is,
            timeout=_CONNECT_SECONDS,
            command_timeout=_STATEMENT_SECONDS,
            server_settings=settings,
        )
    except ERRORS as error:
        raise DatabaseError(in_words(error)) from None
    async with pool.acquire() as connection:
        encoding = connection.get_settings().server_encoding
    if encoding != "UTF8":
        await pool.close()
        raise DatabaseError(f"its encoding is {encoding} and has to be UTF8")
    return pool


async def _left_as_it_is(_: Any) -> None:  # noqa: ANN401 - whatever connection
    """In place of the round trip by which a pool resets a connection: nothing here changes one."""
