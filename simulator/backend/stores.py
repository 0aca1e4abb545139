"""Which database a backend keeps its store in, as `--store` names it."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from simulator.backend.database import Database, DatabaseError
from simulator.backend.postgresql import PostgresqlDatabase
from simulator.backend.sqlite import Durability, SqliteDatabase
from simulator.errors import UsageError
from simulator.postgresql.url import SCHEMES, PostgresqlUrl

OPTION: Final = "--store"
_SQLITE: Final = "sqlite:"
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class StoreSpec:
    """A database that a backend can be told to use, not opened yet; made by `parse`.

    `where` is a SQLite file, which is made where there is none, or the URL of a PostgreSQL database, which exists.
    """

    where: Path | PostgresqlUrl

    @classmethod
    def parse(cls, text: str) -> Self:
        """What `sqlite:PATH`, a bare PATH, or `postgresql://user:password@host:port/database` names.

        Raises UsageError, which shows no password, for anything else and for a file that cannot be made or written.
        """
        if text.startswith(tuple(f"{scheme}:" for scheme in SCHEMES)):
            return cls(PostgresqlUrl.parse(text, OPTION))
        if scheme := _SCHEME.match(text):
            raise UsageError(
                f"{OPTION} {scheme[0]} names no database that a backend can use: give sqlite:PATH, a PATH, or "
                "postgresql://user:password@host:port/database."
            )
        return cls(_writable(text.removeprefix(_SQLITE)))

    @property
    def text(self) -> str:
        """What `parse` makes the same of, and what `--readback` takes.

        It may hold a password: another process is told it by the environment, never by an option.
        """
        return f"{_SQLITE}{self.where}" if isinstance(self.where, Path) else self.where.text

    def describe(self) -> str:
        """`text` without a password."""
        return self.text if isinstance(self.where, Path) else self.where.shown

    def __str__(self) -> str:
        return self.describe()

    async def open(self, durability: Durability = Durability.POWER) -> Database:
        """The open database. Raises UsageError, with the reason, if it cannot be used."""
        try:
            if isinstance(self.where, Path):
                return SqliteDatabase(self.where, durability)
            return await PostgresqlDatabase.open(self.where, durability)
        except DatabaseError as error:
            raise self.unusable(error) from error

    def unusable(self, error: DatabaseError) -> UsageError:
        """What to tell when this database cannot be opened, or cannot be prepared for a store."""
        remedy = (
            "name another, or one that does not exist."
            if isinstance(self.where, Path)
            else "is its server up, are database, user and password right? A password may also come from PGPASSWORD "
            "or ~/.pgpass."
        )
        return UsageError(f"{OPTION} {self.describe()} cannot be used ({error}): {remedy}")


def _writable(text: str) -> Path:
    """The path of a file that can be written, be it there or not. Raises UsageError."""
    path = Path(text)
    folder = path.absolute().parent
    if not text:
        raise UsageError(f"{OPTION} names no file: give sqlite:PATH, a PATH, or postgresql://….")
    if path.is_dir():
        raise UsageError(f"{OPTION} {path} is a folder: name a file in it.")
    if not folder.is_dir():
        raise UsageError(f"{OPTION} {path} cannot be made: there is no folder {folder}. Make it, or name another.")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise UsageError(f"{OPTION} {path} cannot be written to: change its permissions, or name another.")
    return path
