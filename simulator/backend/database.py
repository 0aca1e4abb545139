"""What a store needs of a database: one statement at a time, each answered when it cannot be lost any more.

Statements are written in the SQL that SQLite and PostgreSQL share: `?` for parameters, names in double quotes, BIGINT
for numbers (an INTEGER of PostgreSQL has 32 bits), and no character U+0000 in a text, which PostgreSQL cannot hold.
Several processes may have the same database open.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

Parameter = str | int | datetime | None
Rows = list[tuple[Any, ...]]


class DatabaseError(Exception):
    """A statement was refused, could not be made durable, or its answer was lost.

    Only in the last case, which a database across a network has, the statement may have had an effect. The message
    shows neither a password nor what the statement's parameters were.
    """


class Result(NamedTuple):
    """What a statement returned: its rows, and how many rows it inserted, updated or deleted."""

    rows: Rows
    changed: int


class Database(Protocol):
    """An open database. Statements that are under way at the same time may be applied in any order."""

    @property
    def rewrites_indexes(self) -> bool:
        """Whether an update that sets a column to what it was writes that column's index anew."""
        ...

    async def prepare(self, statements: Sequence[str]) -> None:
        """Apply statements that define tables and indexes: all of them or none, durably. Raises DatabaseError.

        Processes that prepare the same database at the same time do so one after the other, so that each sees what
        the one before it has made.
        """
        ...

    async def execute(self, sql: str, *parameters: Parameter) -> Result:
        """Apply one statement, in a transaction that is durable on return. Raises DatabaseError.

        A statement that returns rows is a SELECT or has a RETURNING.
        """
        ...

    async def query(self, sql: str, *parameters: Parameter) -> Rows:
        """The rows of one statement that only reads, and waits for no commit: it sees what was answered before.

        Raises DatabaseError, also if the statement writes.
        """
        ...

    async def settle(self) -> None:
        """Wait for all statements under way by now, whichever process's: what they do is seen afterwards.

        A statement that does not see what was answered just now has begun before that, and may still write by what it
        saw. Raises DatabaseError.
        """
        ...

    async def close(self) -> None:
        """Finish what is under way and let go of the database."""
        ...
