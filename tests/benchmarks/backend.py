"""How many durable upserts a second the backend does on one core: `python tests/benchmarks/backend.py`.

The same application behind uvicorn (ASGI) and granian (RSGI and ASGI), in each durability. The server has one core and
the load the other. Every connection sends the next upsert when the last is answered; a round is 3 seconds after one to
warm up. Figures are the best of the rounds. Wants two idle cores.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from simulator.backend.asgi import Asgi
from simulator.backend.client_tokens import ClientTokens
from simulator.backend.server import bind, open_app, serve
from simulator.backend.settings import Settings
from simulator.backend.sqlite import Durability

GOAL = 8_000  # a second, behind the server that the backend uses, surviving the loss of power
FRONTS = ("uvicorn asgi", "granian rsgi", "granian asgi")
ROUND_SECONDS = 3.0
WARM_UP_SECONDS = 1.0
DEVICES = 20_000
CLIENTS = 1_000
KEYS = {"client_key": "client key", "api_key": "api key", "jwt_secret": "secret"}
ANSWER = b'{"RC":0,"RM":"OK","result":{}}'


def main() -> None:
    """Print a line for each front and durability; exit with 1 if the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--serve", nargs=3, metavar=("FRONT", "DURABILITY", "DATABASE"), help="used by this script")
    options = parser.parse_args()
    if options.serve:
        _serve(*options.serve)
        return
    print(f"{options.connections} connections, best of {options.rounds} rounds of {ROUND_SECONDS:g} s")
    rates = {
        (front, durability): _measure(front, durability, options.connections, options.rounds)
        for durability in Durability
        for front in FRONTS
    }
    sys.exit(rates[FRONTS[0], Durability.POWER] < GOAL)


def _measure(front: str, durability: Durability, connections: int, rounds: int) -> float:
    best, p99 = max(_round(front, durability, connections) for _ in range(rounds))
    print(f"{front:14} {durability:6} {best:9,.0f} upserts/s   p99 {p99 * 1000:6.1f} ms", flush=True)
    return best


def _round(front: str, durability: Durability, connections: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory(dir=".") as folder, _server(front, durability, Path(folder) / "b.sqlite") as port:
        _pin(-1)
        return asyncio.run(_load(port, connections))


async def _load(port: int, connections: int) -> tuple[float, float]:
    """Upserts a second, and the 99th percentile of their seconds."""
    loop = asyncio.get_running_loop()
    requests, latencies = _requests(), list[float]()
    phones = [
        (await loop.create_connection(lambda: _Phone(requests, latencies), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    for phone in phones:
        phone.send()
    await asyncio.sleep(WARM_UP_SECONDS)
    latencies.clear()
    start = time.perf_counter()
    await asyncio.sleep(ROUND_SECONDS)
    seconds = time.perf_counter() - start
    done = sorted(latencies)
    for phone in phones:
        phone.transport.abort()
    if any(phone.refused for phone in phones):
        sys.exit(f"an upsert was refused: {next(phone.refused for phone in phones if phone.refused)!r}")
    return len(done) / seconds, done[len(done) * 99 // 100]


class _Phone(asyncio.Protocol):
    """One connection that always has one upsert under way."""

    def __init__(self, requests: Iterator[bytes], latencies: list[float]) -> None:
        self._requests = requests
        self._latencies = latencies
        self._received = b""
        self.refused = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def send(self) -> None:
        self._sent = time.perf_counter()
        self.transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._received.endswith(ANSWER):
            self._latencies.append(time.perf_counter() - self._sent)
            self._received = b""
            self.send()
        elif not self._received.startswith(b"HTTP/1.1 200"):
            self.refused = self._received


def _requests() -> Iterator[bytes]:
    """Upserts of new tokens for devices in a scattered order, each device of one client."""
    tokens = ClientTokens(KEYS["jwt_secret"])
    issued = [tokens.issue(f"client-{number}").token for number in range(CLIENTS)]
    for number in count():
        device = number * 7919 % DEVICES
        body = f'{{"type":"ios","token":"{number:064x}","deviceId":"{device:08x}-0000-4000-8000-000000000000"}}'
        yield (
            "POST /me/subscribe HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json; charset=utf-8\r\n"
            f"IM-CLIENT-KEY: {KEYS['client_key']}\r\nIM-Authorization: {issued[device % CLIENTS]}\r\n"
            f"Accept-Encoding: gzip\r\nUser-Agent: benchmark\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


@contextmanager
def _server(front: str, durability: Durability, database: Path) -> Iterator[int]:
    """A server process of this front; gives its port."""
    command = [sys.executable, __file__, "--serve", front, durability, str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def _serve(front: str, durability: str, database: str) -> None:
    _pin(0)
    settings = Settings(database=Path(database), durability=Durability(durability), **KEYS)
    if front == FRONTS[0]:
        serve(settings, lambda url: print(url.rpartition(":")[2], flush=True), until_eof=True)
    else:
        asyncio.run(_granian(settings, front.removeprefix("granian ")))


async def _granian(settings: Settings, interface: str) -> None:
    from granian.constants import HTTPModes, Interfaces  # noqa: PLC0415 - only here
    from granian.http import HTTP1Settings  # noqa: PLC0415
    from granian.server.embed import Server  # noqa: PLC0415

    with bind("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    app = await open_app(settings)
    target = Asgi(app) if interface == "asgi" else _Rsgi(app)
    server = Server(
        target,
        port=port,
        interface=Interfaces.ASGINL if interface == "asgi" else Interfaces.RSGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=3_600_000),
        websockets=False,
        log_enabled=False,
        backlog=4096,
    )
    asyncio.get_running_loop().call_later(0.5, lambda: print(port, flush=True))
    await server.serve()


class _Rsgi:
    """The application as granian calls it, without the detour of ASGI's events."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401 - a benchmark
        self._app = app

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:  # noqa: ANN401, PLW3201 - granian's own
        body = await protocol()
        get = scope.headers.get
        names = ("im-client-key", "im-authorization")
        headers = {name.encode(): get(name).encode() for name in names}
        answer = await self._app.handle(scope.method, scope.path, headers, body)
        protocol.response_bytes(answer.status, [("content-type", "application/json; charset=utf-8")], answer.body)


def _pin(core: int) -> None:
    """Keep this process on one core: the first (0) or the last (-1), where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[core]})


if __name__ == "__main__":
    main()
