"""SQLite in WAL mode, with group commit.

Statements that arrive while a commit is under way wait, and are written together in the next transaction; no statement
is answered before the commit of its transaction. The statements themselves run on the event loop, where they take some
ten microseconds each and contend with nobody for the interpreter; only the commit, which waits for the disk, runs in a
thread of its own.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from simulator.backend.database import DatabaseError, Parameter, Result

_BUSY_SECONDS: Final = 5.0  # how long another process's write transaction is waited for
# The checkpoint moves pages from the log to the file while the next transaction waits. Ten times SQLite's default of
# 1,000 pages makes it rare, for a log of 40 MB at most.
_CHECKPOINT_PAGES: Final = 10_000


class Durability(StrEnum):
    """What an acknowledged write survives.

    POWER: the loss of power, or a crash of the machine. The log is synced to the disk in each commit
    (`synchronous=FULL`; on macOS `fullfsync` too, since fsync alone leaves the data in the drive there).
    KILL: a `kill -9` of the backend. The log is handed to the operating system in each commit and synced only at
    checkpoints (`synchronous=NORMAL`).
    """

    POWER = "power"
    KILL = "kill"


class _Statement(NamedTuple):
    sql: str
    parameters: Sequence[Parameter]
    answer: asyncio.Future[Result]


class SqliteDatabase:
    """A `Database` in the file at `path`, which is made if it does not exist; to be used on one event loop.

    Raises DatabaseError if the file cannot be opened or is something else.
    """

    def __init__(self, path: Path, durability: Durability = Durability.POWER) -> None:
        self._waiting: list[_Statement] = []
        self._busy = False
        self._idle = asyncio.Event()
        self._committer = ThreadPoolExecutor(1, "commit")
        try:
            # The commit runs in another thread, but never at the same time as anything else does.
            self._connection = sqlite3.connect(
                path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._configure(durability)
        except sqlite3.Error as error:
            raise DatabaseError(str(error)) from error

    async def execute(self, sql: str, *parameters: Parameter) -> Result:
        """Apply one statement in the next transaction; return once that is durable. Raises DatabaseError."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Result] = loop.create_future()
        self._waiting.append(_Statement(sql, parameters, answer))
        if not self._busy:
            self._busy = True
            loop.call_soon(self._write)  # not at once: requests that came with this one join its transaction
        return await answer

    async def close(self) -> None:
        """Finish what is under way and close the file; the log is merged into it."""
        while self._busy:
            self._idle.clear()
            await self._idle.wait()
        self._committer.shutdown()
        self._connection.close()

    def _configure(self, durability: Durability) -> None:
        power = durability is Durability.POWER
        for pragma in (
            "journal_mode = WAL",
            f"synchronous = {'FULL' if power else 'NORMAL'}",
            f"fullfsync = {int(power)}",
            f"checkpoint_fullfsync = {int(power)}",
            f"wal_autocheckpoint = {_CHECKPOINT_PAGES}",
        ):
            self._connection.execute(f"PRAGMA {pragma}")

    def _write(self) -> None:
        """Apply all that waits, and have it committed."""
        batch, self._waiting = self._waiting, []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            outcomes = [self._apply(statement) for statement in batch]
        except sqlite3.Error as error:
            self._settle(batch, [DatabaseError(str(error))] * len(batch))
            return
        commit = asyncio.get_running_loop().run_in_executor(self._committer, self._connection.commit)
        commit.add_done_callback(lambda done: self._committed(batch, outcomes, done.exception()))

    def _apply(self, statement: _Statement) -> Result | DatabaseError:
        """One statement's outcome. Raises sqlite3.Error if the whole transaction is lost with it."""
        try:
            cursor = self._connection.execute(statement.sql, statement.parameters)
            return Result(cursor.fetchall(), cursor.rowcount)
        except sqlite3.Error as error:
            if not self._connection.in_transaction:  # a full disk or the like; SQLite has rolled back by itself
                raise
            return DatabaseError(str(error))

    def _committed(
        self, batch: list[_Statement], outcomes: list[Result | DatabaseError], error: BaseException | None
    ) -> None:
        self._settle(batch, outcomes if error is None else [DatabaseError(str(error))] * len(batch))

    def _settle(self, batch: list[_Statement], outcomes: Sequence[Result | DatabaseError]) -> None:
        """Answer the batch and go on with what came meanwhile."""
        if self._connection.in_transaction:
            self._connection.rollback()
        for statement, outcome in zip(batch, outcomes, strict=True):
            if statement.answer.done():  # whoever asked was cancelled
                continue
            if isinstance(outcome, DatabaseError):
                statement.answer.set_exception(outcome)
            else:
                statement.answer.set_result(outcome)
        if self._waiting:
            self._write()
        else:
            self._busy = False
            self._idle.set()
