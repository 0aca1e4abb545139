"""Fetches the rows of a query and writes them on stdout, a line of JSON for the columns' names and for some rows each.

The URL and the query come from the environment, as `simulator.postgresql.rows` sets it.
"""

import asyncio
import os
import sys
from typing import IO, Final

import asyncpg
import orjson

from simulator.postgresql.errors import ERRORS, in_words
from simulator.postgresql.rows import FAILED, QUERY_VARIABLE, URL_VARIABLE

_ROWS: Final = 5_000  # at a time
_CONNECT_SECONDS: Final = 10.0
_FETCH_SECONDS: Final = 600.0  # for the next rows: a query that sorts a large table takes its time with the first


def main() -> int:
    """Fetch; the exit code is FAILED if that fails, with the reason on stderr."""
    try:
        asyncio.run(_write(os.environ[URL_VARIABLE], os.environ[QUERY_VARIABLE], sys.stdout.buffer))
    except ERRORS as error:
        sys.stderr.write(in_words(error))
        return FAILED
    return 0


async def _write(url: str, query: str, output: IO[bytes]) -> None:
    read_only = {"application_name": "pushfleet", "default_transaction_read_only": "on"}
    connection = await asyncpg.connect(url, timeout=_CONNECT_SECONDS, server_settings=read_only)
    try:
        async with connection.transaction(readonly=True):
            statement = await connection.prepare(query)
            output.write(orjson.dumps([column.name for column in statement.get_attributes()]) + b"\n")
            cursor = await statement.cursor()
            while rows := await cursor.fetch(_ROWS, timeout=_FETCH_SECONDS):
                output.write(orjson.dumps([[_text(value) for value in row] for row in rows]) + b"\n")
                output.flush()
    finally:
        await connection.close()


def _text(value: object) -> str | None:
    return None if value is None else str(value)


if __name__ == "__main__":
    sys.exit(main())
