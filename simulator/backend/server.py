"""The backend in this process, until it is told to end.

The server is uvicorn with httptools. Measured with `tests/benchmarks/backend.py`, it carries as many upserts a second
on one core as granian does with RSGI; and it is one process and one thread, takes a socket that we have bound, and ends
when it is asked to.
"""

import asyncio
import errno
import os
import signal
import socket
import threading
from collections.abc import Callable
from typing import Final

from simulator.backend.app import App
from simulator.backend.asgi import Asgi
from simulator.backend.authentication import Authentication, Keys
from simulator.backend.bug import Bug
from simulator.backend.bugs import BUGS
from simulator.backend.client_tokens import ClientTokens
from simulator.backend.database import DatabaseError
from simulator.backend.settings import Settings
from simulator.backend.sqlite import SqliteDatabase
from simulator.errors import UsageError

CORRECT: Final = Bug("", "Does what the API page says.", ())
_BACKLOG: Final = 4096  # connections not yet accepted: a fleet connects all at once
_KEEP_ALIVE_SECONDS: Final = 3600  # idle connections are the phones' to close
_GRACE_SECONDS: Final = 5  # for requests under way when the end comes


def serve(settings: Settings, ready: Callable[[str], None], *, until_eof: bool = False) -> None:
    """Serve until SIGTERM or SIGINT, or with `until_eof` until stdin ends; `ready` is given the URL.

    Must be called in the main thread. Everything acknowledged is on disk before its answer, and in the database's
    file itself on return. Raises UsageError if the address or the database cannot be used.
    """
    with bind(settings.host, settings.port) as listening:
        asyncio.run(_serve(settings, listening, ready, until_eof=until_eof))


def bind(host: str, port: int) -> socket.socket:
    """A listening socket. Raises UsageError if the address cannot be had."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        # Lets a port be used again whose old connections still linger; not one that somebody listens on.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise UsageError(
                f"port {port} on {host} is in use: name another with --port, or 0 for any free one."
            ) from error
        raise UsageError(f"{host} port {port} cannot be listened on ({error.strerror}): name another.") from error
    return listening


async def open_app(settings: Settings) -> App:
    """The application on its database, with its bug if it has one. Raises UsageError if the database is unusable."""
    bug = BUGS[settings.bug] if settings.bug is not None else CORRECT
    tokens = ClientTokens(settings.jwt_secret)
    try:
        store = bug.store(SqliteDatabase(settings.database, settings.durability))
        await store.prepare()
    except DatabaseError as error:
        raise UsageError(
            f"--database {settings.database} cannot be used ({error}): name another, or one that does not exist."
        ) from error
    return bug.app(store, Authentication(Keys(settings.client_key, settings.api_key), tokens), tokens)


async def _serve(
    settings: Settings, listening: socket.socket, ready: Callable[[str], None], *, until_eof: bool
) -> None:
    import uvicorn  # noqa: PLC0415 - a third of the time that starting takes, after what can go wrong with the options

    app = await open_app(settings)
    try:
        server = uvicorn.Server(
            uvicorn.Config(
                Asgi(app),
                loop="asyncio",
                http="httptools",
                lifespan="off",
                ws="none",
                log_level="warning",
                access_log=False,
                server_header=False,
                backlog=_BACKLOG,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        _end_quietly_on_signals()
        if until_eof:
            _at_end_of_stdin(lambda: setattr(server, "should_exit", True))
        ready(_url(listening))  # whoever connects from here on waits in the backlog
        await server.serve([listening])
    finally:
        await app.store.database.close()


def _end_quietly_on_signals() -> None:
    """uvicorn ends on SIGTERM and SIGINT, and afterwards raises them again: to nobody, for the end was in order."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)


def _at_end_of_stdin(end: Callable[[], None]) -> None:
    """Call `end` when stdin ends, which it does when the process that holds its other end does, however that dies.

    A thread, because what stdin is (a pipe, a terminal, a file) decides whether an event loop can wait for it.
    """

    def wait() -> None:
        while os.read(0, 4096):
            pass
        end()

    threading.Thread(target=wait, name="stdin", daemon=True).start()


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
