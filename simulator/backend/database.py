"""What a store needs of a database: one statement at a time, each answered when it cannot be lost any more.

Statements are written in the SQL that SQLite and PostgreSQL share, with `?` for parameters and names in double quotes.
"""

from typing import Any, NamedTuple, Protocol

Parameter = str | int | None


class DatabaseError(Exception):
    """A statement was refused, or could not be made durable: it had no effect."""


class Result(NamedTuple):
    """What a statement returned: its rows, and how many rows it changed."""

    rows: list[tuple[Any, ...]]
    changed: int


class Database(Protocol):
    """An open database. Statements that are under way at the same time may be applied in any order."""

    async def execute(self, sql: str, *parameters: Parameter) -> Result:
        """Apply one statement, in a transaction that is durable on return. Raises DatabaseError."""
        ...

    async def close(self) -> None:
        """Finish what is under way and let go of the database."""
        ...
