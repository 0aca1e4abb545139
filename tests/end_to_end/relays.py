"""What stands between a run and its target: a front that speaks TLS, and an HTTP proxy. Each counts what it is told."""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_Dial = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[_Streams]]


class Relay:
    """Listens on loopback, and passes on what it receives."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0  # that were accepted; with TLS, once the handshake was done
        self.received = 0  # bytes to be passed on to the target
        self.heads: list[str] = []  # of what a proxy was asked


@contextmanager
def tls_front(pem: Path, target: int) -> Iterator[Relay]:
    """Speak TLS in front of a port on loopback."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    relay = Relay()

    async def dial(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> _Streams:
        return await asyncio.open_connection("127.0.0.1", target)

    with _serving(relay, dial, context):
        yield relay


@contextmanager
def http_proxy() -> Iterator[Relay]:
    """Make a tunnel wherever a CONNECT asks for one."""
    relay = Relay()

    async def dial(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> _Streams:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        relay.heads.append(head)
        host, _, port = head.split()[1].rpartition(":")
        streams = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return streams

    with _serving(relay, dial, None):
        yield relay


@contextmanager
def _serving(relay: Relay, dial: _Dial, context: ssl.SSLContext | None) -> Iterator[None]:
    """Serve on an event loop of a thread's own, for the test itself waits for commands."""
    loop, ready, over = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        relay.connections += 1
        try:
            there, on = await dial(reader, writer)
            await asyncio.gather(_pump(reader, on, relay), _pump(there, writer, None))
        except asyncio.IncompleteReadError:  # whoever only looks whether somebody is there says nothing
            pass
        finally:
            writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(accepted, "127.0.0.1", 0, ssl=context)
        relay.port = server.sockets[0].getsockname()[1]
        ready.set()
        await over.wait()
        server.close()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)  # they close what they have

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(30)
        yield
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(30)
        loop.close()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter, count: Relay | None) -> None:
    try:
        while data := await source.read(65536):
            if count is not None:
                count.received += len(data)
            target.write(data)
            await target.drain()
    except OSError:  # either end has gone: so is the other to go
        pass
    finally:
        target.close()
