"""Embedded granian servers on our event loop: made for our needs, started, watched and ended together."""

import asyncio
import contextlib
import gc
import os
import sys
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from granian.constants import HTTPModes, SSLProtocols
from granian.http import HTTP1Settings, HTTP2Settings
from granian.server.embed import Server

from simulator.errors import CannotKnow
from simulator.loop import PatientLoop

MOST_STREAMS: Final = 1500  # at once on a connection: what APNs allows
_BACKLOG: Final = 4096  # connections not yet accepted: a fleet connects all at once
# granian counts the wait for a connection's next request as reading its header: idle ones are the clients' to close.
_IDLE_MILLISECONDS: Final = 3_600_000
_GRACE_SECONDS: Final = 5.0  # for answers under way when the end comes
_STARTING_SECONDS: Final = 10.0
_YOUNG: Final = 20_000  # new objects between two collections: beyond those of all requests that are under way


def tls_server(application: Any, address: str, port: int, chain: Path, key: Path) -> Server:  # noqa: ANN401 - as granian takes it
    """A server that speaks HTTP/2 with who can, and HTTP/1.1 with the others; chain and key are PEM files."""
    return Server(
        application,
        address=address,
        port=port,
        http=HTTPModes.auto,
        http1_settings=HTTP1Settings(header_read_timeout=_IDLE_MILLISECONDS),
        http2_settings=HTTP2Settings(max_concurrent_streams=MOST_STREAMS),
        ssl_cert=chain,
        ssl_key=key,
        ssl_protocol_min=SSLProtocols.tls12,  # as APNs asks for
        websockets=False,
        backlog=_BACKLOG,
        log_enabled=False,
    )


def plain_server(application: Any, address: str, port: int) -> Server:  # noqa: ANN401 - as granian takes it
    """A server of HTTP/1.1 and WebSockets without TLS."""
    return Server(
        application,
        address=address,
        port=port,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_IDLE_MILLISECONDS),
        backlog=_BACKLOG,
        log_enabled=False,
    )


def work_in_batches() -> None:
    """Tune a process that serves many requests at a time and does nothing else; to be called first thing in it.

    granian's thread and ours wake each other for every request, and on one core Linux would switch to whoever is woken:
    a fourth of all its work. As a batch's they take their turns, each with all that has come meanwhile. The garbage
    collector, which finds next to nothing here, looks less often: a twentieth.
    """
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # a sandbox may forbid it, and all works without
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))  # threads made from now on inherit it


def run(main: "Coroutine[Any, Any, None]") -> None:
    """`asyncio.run`, on a loop that granian's threads do not wake for every request."""
    with asyncio.Runner(loop_factory=PatientLoop) as runner:
        runner.run(main)


@asynccontextmanager
async def running(name: str, servers: Sequence[Server]) -> "AsyncIterator[asyncio.Task[None]]":
    """Run them all; gives a task that is done if one ends by itself, once all accept connections.

    Raises CannotKnow, which calls them `name`, if one does not come up. On leaving, answers under way have 5 seconds.
    """
    tasks = [asyncio.create_task(server.serve()) for server in servers]
    ended = asyncio.create_task(_first_of(tasks))
    try:
        for server in servers:
            if not await _accepts(server.bind_addr, server.bind_port, ended):
                raise CannotKnow(f"{name}: no connection is accepted on {server.bind_addr} port {server.bind_port}.")
        yield ended
        for server in servers:
            server.stop()  # type: ignore[no-untyped-call]  # granian annotates most of itself, but not this
        await asyncio.wait(tasks, timeout=_GRACE_SECONDS)
    finally:
        for task in (*tasks, ended):
            task.cancel()


async def _first_of(tasks: "Sequence[asyncio.Task[None]]") -> None:
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)


async def _accepts(address: str, port: int, ended: "asyncio.Task[None]") -> bool:
    """Wait until a server accepts connections, which it does not tell; False if it does not."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _STARTING_SECONDS
    while loop.time() < deadline and not ended.done():
        try:
            _, connection = await asyncio.open_connection(address, port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.001)
        else:
            connection.close()
            return True
    return False
