"""`sqlite:PATH?query=…`: a SQLite file, opened read-only, also while its backend runs or after it was killed."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from simulator.errors import CannotKnow, UsageError
from simulator.readback.columns import subscriptions
from simulator.readback.source import Row, source

QUERY: Final = "SELECT type, deviceId, clientId, token FROM subscriptions"


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A SQLite database and the query that shows its subscriptions."""

    path: Path
    query: str = QUERY

    def __str__(self) -> str:
        return f"sqlite:{self.path}" + (f"?query={quote(self.query)}" if self.query != QUERY else "")

    def rows(self) -> Iterator[Row]:
        """Every row the query returns; CannotKnow when the file or the query does not work out."""
        if not self.path.exists():
            raise CannotKnow(f"the store {self.path} cannot be read back: there is no such file.")
        try:
            with closing(sqlite3.connect(f"file:{quote(str(self.path))}?mode=ro", uri=True)) as store:
                cursor = store.execute(self.query)
                names = [column[0] for column in cursor.description or ()]
                yield from subscriptions(str(self.path), names, cursor)
        except sqlite3.Error as error:
            raise CannotKnow(f"the store {self.path} cannot be read back: {error}.") from error


@source("sqlite")
def open_sqlite(spec: str) -> SqliteFile:
    """The file and query of a spec `PATH` or `PATH?query=SELECT …`; a PATH with a `?` in it must exist."""
    if _is_file(spec):
        return SqliteFile(Path(spec))
    path, _, rest = spec.partition("?")
    if not path:
        raise UsageError(
            "--readback sqlite: names no file: give sqlite:PATH?query=SELECT type, deviceId, clientId, token FROM …"
        )
    if not rest:
        return SqliteFile(Path(path))
    name, _, query = rest.partition("=")
    if name != "query" or not query:
        raise UsageError(f"--readback sqlite:{path} takes only ?query=SELECT …, not ?{name}.")
    return SqliteFile(Path(path), unquote(query))


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except OSError:  # a long query is no name of a file
        return False
