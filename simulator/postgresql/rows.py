"""The rows of a query, fetched by a process of its own.

So whoever asks needs no event loop, and may run under gevent's monkey-patching, with which asyncio does not get on.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import orjson

from simulator.postgresql.url import PostgresqlUrl

FAILED: Final = 2  # the exit code of a process whose stderr says why
URL_VARIABLE: Final = "PUSHFLEET_POSTGRESQL_URL"
QUERY_VARIABLE: Final = "PUSHFLEET_POSTGRESQL_QUERY"
# The process must find this package even where its parent was started by a path and not from an installation.
_ROOT: Final = str(Path(__file__).parents[2])


class FetchError(Exception):
    """The rows, or the rest of them, cannot be had. The message holds no password."""


@contextmanager
def fetched(url: PostgresqlUrl, query: str) -> Iterator[tuple[list[str], Iterator[list[str | None]]]]:
    """The names of the columns that a query returns, and its rows as text, which come as they are asked for.

    The query runs in a transaction that cannot write. Raises FetchError, also between rows: only who came to their end
    has them all.
    """
    with tempfile.TemporaryFile() as log, _start(url, query, log) as process:
        try:
            answers = _answers(process, log)
            yield next(answers), (row for rows in answers for row in rows)
        finally:
            process.kill()


def _start(url: PostgresqlUrl, query: str, log: IO[bytes]) -> "subprocess.Popen[bytes]":
    path = os.pathsep.join(filter(None, [_ROOT, os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(
        [sys.executable, "-m", __package__],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        env={**os.environ, "PYTHONPATH": path, URL_VARIABLE: url.text, QUERY_VARIABLE: query},
        start_new_session=True,  # Ctrl-C is for the run, which reads back all the same
    )


def _answers(process: "subprocess.Popen[bytes]", log: IO[bytes]) -> Iterator[Any]:
    """What it writes: the names, then lists of rows. Raises FetchError if that is not all."""
    for line in process.stdout or ():
        if line.endswith(b"\n"):  # else it was killed in the middle
            yield orjson.loads(line)
    if code := process.wait():
        log.seek(0)
        raise FetchError(log.read().decode() if code == FAILED else f"the process that reads it ended with {code}")
