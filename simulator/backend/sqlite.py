"""SQLite in WAL mode, with group commit; several processes may have the file open.

Statements that arrive while a commit is under way wait, and are written together in the next transaction; no statement
is answered before the commit of its transaction. The statements themselves run on the event loop, where they take some
ten microseconds each and contend with nobody for the interpreter; only the commit, which waits for the disk, runs in a
thread of its own. Queries run on the event loop too, on a connection of their own, which sees what is committed.

SQLite has one writer at a time. While another process is the one, the loop goes on and looks in again soon; what
arrives meanwhile joins the batch.
"""

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

from simulator.backend.committer import Committer
from simulator.backend.database import DatabaseError, Parameter, Result, Rows
from simulator.backend.turn import Turn

_BUSY_SECONDS: Final = 5.0  # how long another process's write transaction is waited for
_PAUSE_SECONDS: Final = 0.0005  # between two looks whether it is over; an idle event loop makes a millisecond of it
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
    answer: asyncio.Future[Result]
    sql: str
    parameters: Sequence[Parameter]

    def run(self, connection: sqlite3.Connection) -> Result:
        cursor = connection.execute(self.sql, self.parameters)
        return Result(cursor.fetchall(), max(cursor.rowcount, 0))  # -1 where nothing could change


class _Preparation(NamedTuple):
    """Several statements of which all have an effect or none."""

    answer: asyncio.Future[Result]
    statements: Sequence[str]

    def run(self, connection: sqlite3.Connection) -> Result:
        connection.execute("SAVEPOINT preparation")
        try:
            for statement in self.statements:
                connection.execute(statement)
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK TO preparation")
            raise
        connection.execute("RELEASE preparation")
        return Result([], 0)


_Work = _Statement | _Preparation


class SqliteDatabase:
    """A `Database` in the file at `path`, which is made if it does not exist; to be used on one event loop.

    Raises DatabaseError if the file cannot be opened or is something else.
    """

    rewrites_indexes: Final = True

    def __init__(self, path: Path, durability: Durability = Durability.POWER) -> None:
        self._waiting: list[_Work] = []
        self._busy = False
        self._give_up: float | None = None  # when to, by the loop's clock, while another process writes
        self._idle = asyncio.Event()
        try:
            # The commit runs in another thread, but never at the same time as anything else does.
            self._connection = _open_writer(path, durability)
            self._reader = _open_reader(path)
            self._turn = Turn(path)
        except (sqlite3.Error, OSError) as error:
            raise DatabaseError(str(error)) from error
        self._committer = Committer(self._connection.commit)

    async def prepare(self, statements: Sequence[str]) -> None:
        """Apply statements that define tables and indexes, all or none of them. Raises DatabaseError."""
        await self._do(_Preparation(self._loop.create_future(), statements))

    async def execute(self, sql: str, *parameters: Parameter) -> Result:
        """Apply one statement in the next transaction; return once that is durable. Raises DatabaseError.

        Another process's transaction is waited for, for at most five seconds.
        """
        return await self._do(_Statement(self._loop.create_future(), sql, parameters))

    async def query(self, sql: str, *parameters: Parameter) -> Rows:
        """The rows of a statement that only reads; what was answered before is seen. Raises DatabaseError."""
        give_up = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                return self._reader.execute(sql, parameters).fetchall()
            except sqlite3.Error as error:
                # Readers are kept waiting only where another process opens the file after a crash, or closes it.
                if not _is_busy(error) or time.monotonic() > give_up:
                    raise DatabaseError(str(error)) from error
            await asyncio.sleep(_PAUSE_SECONDS)

    async def settle(self) -> None:
        """Nothing to wait for: one statement writes at a time, and it has seen all that was answered before."""

    async def close(self) -> None:
        """Finish what is under way and close the file; the log is merged into it if nobody else has it open."""
        while self._busy:
            self._idle.clear()
            await self._idle.wait()
        self._committer.close()
        self._reader.close()
        self._connection.close()
        self._turn.close()

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        """The event loop, which Python would make a system call to find."""
        return asyncio.get_running_loop()

    def _do(self, work: _Work) -> asyncio.Future[Result]:
        self._waiting.append(work)
        if not self._busy:
            self._busy = True
            # Not at once: requests that came with this one join its transaction.
            self._loop.call_soon(self._write)
        return work.answer

    def _write(self) -> None:
        """Apply all that waits and have it committed, now or as soon as no other process writes."""
        try:
            begun = self._begin(self._loop.time())
        except DatabaseError as error:
            batch, self._waiting = self._waiting, []
            self._settle(batch, [error] * len(batch))
            return
        if not begun:
            self._loop.call_later(_PAUSE_SECONDS, self._write)
            return
        batch, self._waiting = self._waiting, []
        try:
            outcomes = [self._apply(work) for work in batch]
        except sqlite3.Error as error:
            self._settle(batch, [DatabaseError(str(error))] * len(batch))
            return
        self._committer.order(self._loop, lambda error: self._committed(batch, outcomes, error))

    def _begin(self, now: float) -> bool:
        """Begin a transaction, unless another process writes. Raises DatabaseError, also if it does so for too long."""
        try:
            if self._turn.mine(now):
                self._connection.execute("BEGIN IMMEDIATE")
                self._turn.begin(now)
                self._give_up = None
                return True
        except sqlite3.Error as error:
            if not _is_busy(error):
                self._turn.give_up()
                raise DatabaseError(str(error)) from error
            self._turn.end()
        if self._give_up is None:
            self._give_up = now + _BUSY_SECONDS
        if now < self._give_up:
            return False
        self._turn.give_up()
        self._give_up = None
        raise DatabaseError(f"other processes have kept the database locked for {_BUSY_SECONDS:g} s")

    def _apply(self, work: _Work) -> Result | DatabaseError:
        """One statement's outcome. Raises sqlite3.Error if the whole transaction is lost with it."""
        try:
            return work.run(self._connection)
        except sqlite3.Error as error:
            if not self._connection.in_transaction:  # a full disk or the like; SQLite has rolled back by itself
                raise
            return DatabaseError(str(error))

    def _committed(self, batch: list[_Work], outcomes: list[Result | DatabaseError], error: Exception | None) -> None:
        self._settle(batch, outcomes if error is None else [DatabaseError(str(error))] * len(batch))

    def _settle(self, batch: list[_Work], outcomes: Sequence[Result | DatabaseError]) -> None:
        """Answer the batch and go on with what came meanwhile."""
        if self._connection.in_transaction:
            self._connection.rollback()
        for work, outcome in zip(batch, outcomes, strict=True):
            if work.answer.done():  # whoever asked was cancelled
                continue
            if isinstance(outcome, DatabaseError):
                work.answer.set_exception(outcome)
            else:
                work.answer.set_result(outcome)
        if self._waiting:
            self._write()
        else:
            self._busy = False
            self._idle.set()


def _open_writer(path: Path, durability: Durability) -> sqlite3.Connection:
    """The connection that writes. Raises sqlite3.Error."""
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    power = durability is Durability.POWER
    for pragma in (
        "journal_mode = WAL",
        f"synchronous = {'FULL' if power else 'NORMAL'}",
        f"fullfsync = {int(power)}",
        f"checkpoint_fullfsync = {int(power)}",
        f"wal_autocheckpoint = {_CHECKPOINT_PAGES}",
        "busy_timeout = 0",  # from now on it is the event loop that waits
    ):
        _set(connection, pragma)
    return connection


def _open_reader(path: Path) -> sqlite3.Connection:
    """The connection that reads. Raises sqlite3.Error."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0, isolation_level=None)


def _set(connection: sqlite3.Connection, pragma: str) -> None:
    """Set it, and be patient: SQLite does not itself wait where processes change to WAL at the same time."""
    give_up = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > give_up:
                connection.close()
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _is_busy(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY  # less what sort of busy it is
