"""The backend in this process, until it is told to end.

The server is granian with RSGI. Measured with `tests/benchmarks/backend.py`, an upsert behind it took some 65 µs of CPU
in most rounds, and behind uvicorn with httptools some 90. Its embedded mode runs it on our event loop, in one process,
so that killing the process kills all of it.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from typing import Final

from granian.constants import HTTPModes
from granian.http import HTTP1Settings
from granian.server.embed import Server

from simulator.backend.app import App
from simulator.backend.authentication import Authentication, Keys
from simulator.backend.bug import Bug
from simulator.backend.bugs import BUGS
from simulator.backend.client_tokens import ClientTokens
from simulator.backend.database import DatabaseError
from simulator.backend.listening import reserved
from simulator.backend.push import Providers
from simulator.backend.pusher import NoPusher, Pusher
from simulator.backend.rsgi import Rsgi
from simulator.backend.settings import Settings
from simulator.errors import CannotKnow

CORRECT: Final = Bug("", "Does what the API page says.", ())
_BACKLOG: Final = 4096  # connections not yet accepted: a fleet connects all at once
# granian counts the wait for a connection's next request as reading its header: idle ones are the phones' to close.
_IDLE_MILLISECONDS: Final = 3_600_000
_GRACE_SECONDS: Final = 5.0  # for requests under way when the end comes
_STARTING_SECONDS: Final = 10.0


def serve(settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve until stdin ends, SIGTERM or SIGINT; `ready` is given the URL once connections are accepted.

    Must be called in the main thread of a process of its own, which it is best to leave by `os._exit` afterwards:
    granian's threads can outlive the interpreter and panic then (its issue 693). What was acknowledged is on disk
    before its answer, and in the database's file itself on return. Raises UsageError if the address or the database
    cannot be used, CannotKnow if the server does not come up.
    """
    with reserved(settings.host, settings.port, joins=settings.joins) as (address, port):
        asyncio.run(_serve(settings, address, port, ready))


async def open_app(settings: Settings) -> App:
    """The application on its store, with its bug if it has one. Raises UsageError if the store cannot be used."""
    bug = BUGS[settings.bug] if settings.bug is not None else CORRECT
    tokens = ClientTokens(settings.jwt_secret)
    store = bug.store(await settings.store.open(settings.durability))
    try:
        await store.prepare()
    except DatabaseError as error:
        raise settings.store.unusable(error) from error
    pusher: Pusher = NoPusher()
    if settings.providers is not None:
        pipeline = bug.push.to(store, Providers.read(settings.providers))
        await pipeline.prepare()
        pusher = pipeline
    return bug.app(store, Authentication(Keys(settings.client_key, settings.api_key), tokens), tokens, pusher)


async def _serve(settings: Settings, address: str, port: int, ready: Callable[[str], None]) -> None:
    app = await open_app(settings)
    server = _granian(app, address, port)
    told = _told_to_end()
    serving = asyncio.create_task(server.serve())
    try:
        await _accepting(address, port, serving)
        ready(f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}")
        await asyncio.wait([serving, told], return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            raise CannotKnow("the embedded backend's server ended, of no doing of ours.")
        server.stop()  # type: ignore[no-untyped-call]  # granian annotates most of itself, but not this
        await asyncio.wait([serving], timeout=_GRACE_SECONDS)
    finally:
        serving.cancel()
        await app.pusher.close()
        await app.store.database.close()


def _granian(app: App, address: str, port: int) -> Server:
    return Server(
        Rsgi(app),
        address=address,
        port=port,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_IDLE_MILLISECONDS),
        websockets=False,
        backlog=_BACKLOG,
        log_enabled=False,
    )


async def _accepting(address: str, port: int, serving: "asyncio.Task[None]") -> None:
    """Return when the server accepts connections, which it does not tell. Raises CannotKnow if it does not."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _STARTING_SECONDS
    while loop.time() < deadline and not serving.done():
        try:
            _, connection = await asyncio.open_connection(address, port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.001)
        else:
            connection.close()
            return
    raise CannotKnow(f"the embedded backend's server does not accept connections on {address} port {port}.")


def _told_to_end() -> "asyncio.Task[bool]":
    """Done after SIGTERM, SIGINT, or the end of stdin, which comes when whoever holds it dies, however it dies.

    Stdin is read in a thread, because what it is (a pipe, a terminal, a file) decides whether a loop can wait for it.
    """
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)

    def wait() -> None:
        while os.read(0, 4096):
            pass
        loop.call_soon_threadsafe(told.set)

    threading.Thread(target=wait, name="stdin", daemon=True).start()
    return asyncio.create_task(told.wait())
