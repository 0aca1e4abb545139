"""The backend in this process, until it is told to end.

The server is granian with RSGI, whose embedded mode runs it on our event loop, in one process, so that killing the
process kills all of it. How it does beside uvicorn, `tests/benchmarks/backend.py` measures: they are level by now.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from simulator.backend.app import App
from simulator.backend.authentication import Keys
from simulator.backend.bug import Bug
from simulator.backend.bugs import BUGS
from simulator.backend.database import DatabaseError
from simulator.backend.listening import reserved
from simulator.backend.parts import Parts
from simulator.backend.push import Providers
from simulator.backend.pusher import NoPusher, Pusher
from simulator.backend.rsgi import Rsgi
from simulator.backend.settings import Settings
from simulator.ending import told_to_end
from simulator.errors import CannotKnow
from simulator.granians import plain_server, run, running, work_in_batches

CORRECT: Final = Bug("", "Does what the API page says.", ())


def serve(settings: Settings, ready: Callable[[str], None]) -> None:
    """Serve until stdin ends, SIGTERM or SIGINT; `ready` is given the URL once connections are accepted.

    Must be called in the main thread of a process of its own, which it is best to leave by `os._exit` afterwards:
    granian's threads can outlive the interpreter and panic then (its issue 693). What was acknowledged is on disk
    before its answer, and in the database's file itself on return. Raises UsageError if the address or the database
    cannot be used, CannotKnow if the server does not come up.
    """
    work_in_batches()
    with reserved(settings.host, settings.port, joins=settings.joins) as (address, port):
        run(_serve(settings, address, port, ready))


async def open_app(settings: Settings) -> App:
    """The application on its store, with its bug if it has one. Raises UsageError if the store cannot be used."""
    bug = BUGS[settings.bug] if settings.bug is not None else CORRECT
    tokens = bug.tokens(settings.jwt_secret)
    store = bug.store(await settings.store.open(settings.durability), policy=settings.policy)
    try:
        await store.prepare()
    except DatabaseError as error:
        await store.database.close()
        raise settings.store.unusable(error) from error
    pusher: Pusher = NoPusher()
    if settings.providers is not None:
        pipeline = bug.push.to(store, Providers.read(settings.providers))
        await pipeline.prepare()
        pusher = pipeline
    keys = Keys(settings.client_key, settings.api_key)
    return bug.app(Parts.of(store, keys, tokens, pusher, api_limit=settings.api_limit))


async def _serve(settings: Settings, address: str, port: int, ready: Callable[[str], None]) -> None:
    app = await open_app(settings)
    try:
        async with running("the embedded backend", [plain_server(Rsgi(app), address, port)]) as ended:
            ready(f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}")
            await asyncio.wait([ended, told_to_end()], return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise CannotKnow("the embedded backend's server ended, of no doing of ours.")
    finally:
        await app.parts.pusher.close()
        await app.parts.sockets.close()
        await app.store.close()
