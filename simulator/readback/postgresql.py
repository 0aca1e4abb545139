"""`postgresql://user:password@host:port/database?query=…`: a PostgreSQL database, read without a chance to write.

The query comes last, after any options of the address: `postgresql://me@db/im?sslmode=require&query=SELECT …`. Without
a password in it, PGPASSWORD and ~/.pgpass are looked at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from simulator.errors import CannotKnow, UsageError
from simulator.postgresql.rows import FetchError, fetched
from simulator.postgresql.url import PostgresqlUrl
from simulator.readback.columns import subscriptions
from simulator.readback.source import Row, source

QUERY: Final = 'SELECT "type", "deviceId", "clientId", "token" FROM subscriptions'
_ASKS: Final = re.compile(r"[?&]query=")


@dataclass(frozen=True, slots=True)
class PostgresqlTables:
    """A PostgreSQL database and the query that shows its subscriptions."""

    url: PostgresqlUrl
    query: str = QUERY

    def __str__(self) -> str:
        mark = "&" if "?" in str(self.url) else "?"
        return f"{self.url}" + (f"{mark}query={quote(self.query)}" if self.query != QUERY else "")

    def rows(self) -> Iterator[Row]:
        """Every row the query returns; CannotKnow when the database or the query does not work out."""
        try:
            with fetched(self.url, self.query) as (names, rows):
                yield from subscriptions(str(self.url), names, rows)
        except FetchError as error:
            raise CannotKnow(f"the store {self.url} cannot be read back: {error}.") from None


@source("postgres")
@source("postgresql")
def open_postgresql(spec: str) -> PostgresqlTables:
    """The database and query of a spec `//user:password@host:port/database?query=SELECT …`."""
    address, *rest = _ASKS.split(spec, maxsplit=1)
    url = PostgresqlUrl.parse(f"postgresql:{address}", "--readback")
    if rest == [""]:
        raise UsageError(f"--readback {url} has an empty query: give …?query=SELECT … after it, or no query at all.")
    return PostgresqlTables(url, *map(unquote, rest))
