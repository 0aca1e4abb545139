"""How many durable upserts a second the backend does on one core: `python tests/benchmarks/backend.py`.

The same application behind granian (RSGI), as the backend runs, and uvicorn (ASGI), in each durability. The server has
one core and the load the other. Every connection sends the next upsert when the last is answered; a round is 3 seconds
after one to warm up. Figures are the best of the rounds. Wants two idle cores.

The load is wrk's (Debian's wrk) where that is installed. Without it the load is this script's, which is itself Python
and does not get far beyond 10,000 a second on a fast machine; what the server could do with a whole core is the last
column, from the CPU time it took.
"""

import argparse
import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path
from typing import Any, NamedTuple

import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))

from simulator.backend.app import App
from simulator.backend.client_tokens import ClientTokens
from simulator.backend.server import open_app, serve
from simulator.backend.settings import Settings
from simulator.backend.sqlite import Durability
from simulator.backend.stores import StoreSpec

GOAL = 8_000  # a second, behind the server that the backend uses, surviving the loss of power
FRONTS = ("granian rsgi", "uvicorn asgi")
ROUND_SECONDS = 3.0
WARM_UP_SECONDS = 1.0
DEVICES = 20_000
CLIENTS = 1_000
CLIENT_KEY = "client key"
SECRET = "secret"
JSON = (b"content-type", b"application/json; charset=utf-8")
REQUESTS = 60_000  # that wrk sends over again: three tokens of each device
WRK = shutil.which("wrk")
SCRIPT = Path(__file__).with_name("upserts.lua")
ANSWER = b'{"RC":0,"RM":"OK","result":{}}'


def main() -> None:
    """Print a line for each front and durability; exit with 1 if the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=128)
    parser.add_argument("--serve", nargs=3, metavar=("FRONT", "DURABILITY", "DATABASE"), help="used by this script")
    options = parser.parse_args()
    if options.serve:
        _serve(*options.serve)
        return
    load = "wrk" if WRK else "Python (wrk, which is faster, is not installed)"
    print(f"{options.connections} connections of {load}, best of {options.rounds} rounds of {ROUND_SECONDS:g} s")
    rates = {
        (front, durability): _measure(front, durability, options.connections, options.rounds)
        for durability in Durability
        for front in FRONTS
    }
    sys.exit(rates[FRONTS[0], Durability.POWER] < GOAL)


def _measure(front: str, durability: Durability, connections: int, rounds: int) -> float:
    best = max(_round(front, durability, connections) for _ in range(rounds))
    print(
        f"{front:14} {durability:6} {best.rate:9,.0f} upserts/s   p99 {best.p99 * 1000:6.1f} ms   "
        f"{best.cpu * 1e6:5.0f} µs of CPU each: {1 / best.cpu:8,.0f}/s with all of a core",
        flush=True,
    )
    return best.rate


class Round(NamedTuple):
    """What a round came to: upserts a second, the 99th percentile in seconds, the server's CPU seconds for each."""

    rate: float
    p99: float
    cpu: float


def _round(front: str, durability: Durability, connections: int) -> Round:
    with (
        tempfile.TemporaryDirectory(dir=".") as folder,
        _server(front, durability, Path(folder) / "b.sqlite") as (server, port),
    ):
        _pin(-1)
        if WRK is None:
            return asyncio.run(_load(server, port, connections))
        requests = Path(folder) / "requests"
        requests.write_bytes(b"".join(request + b"\0" for request in islice(_requests(), REQUESTS)))
        _wrk(WRK, port, connections, WARM_UP_SECONDS, requests)
        cpu = _cpu_seconds(server)
        said = _wrk(WRK, port, connections, ROUND_SECONDS, requests)
        return _round_of(said, _cpu_seconds(server) - cpu)


def _wrk(program: str, port: int, connections: int, seconds: float, requests: Path) -> str:
    """What wrk says of its load."""
    url, load = f"http://127.0.0.1:{port}", f"-t1 -c{connections} -d{seconds:.0f}s --latency"
    command = [program, *load.split(), "--script", str(SCRIPT), url, "--", str(requests)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"an upsert was refused, or not answered: {said}")
    return said


def _round_of(said: str, cpu: float) -> Round:
    """The figures in wrk's words."""
    done, rate = re.findall(r"(\d+) requests in|Requests/sec: +([\d.]+)", said)
    number, unit = re.findall(r" 99% +([\d.]+)(us|ms|s)", said)[0]
    return Round(float(rate[1]), float(number) * {"us": 1e-6, "ms": 1e-3, "s": 1.0}[unit], cpu / int(done[0]))


async def _load(server: psutil.Process, port: int, connections: int) -> Round:
    """Load the server on `port` from this process."""
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
    start, cpu = time.perf_counter(), _cpu_seconds(server)
    await asyncio.sleep(ROUND_SECONDS)
    seconds, cpu = time.perf_counter() - start, _cpu_seconds(server) - cpu
    done = sorted(latencies)
    for phone in phones:
        phone.transport.abort()
    if any(phone.refused for phone in phones):
        sys.exit(f"an upsert was refused: {next(phone.refused for phone in phones if phone.refused)!r}")
    return Round(len(done) / seconds, done[len(done) * 99 // 100], cpu / len(done))


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


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
    tokens = ClientTokens(SECRET)
    issued = [tokens.issue(f"client-{number}").token for number in range(CLIENTS)]
    for number in count():
        device = number * 7919 % DEVICES
        body = f'{{"type":"ios","token":"{number:064x}","deviceId":"{device:08x}-0000-4000-8000-000000000000"}}'
        yield (
            "POST /me/subscribe HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json; charset=utf-8\r\n"
            f"IM-CLIENT-KEY: {CLIENT_KEY}\r\nIM-Authorization: {issued[device % CLIENTS]}\r\n"
            f"Accept-Encoding: gzip\r\nUser-Agent: benchmark\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


@contextmanager
def _server(front: str, durability: Durability, database: Path) -> Iterator[tuple[psutil.Process, int]]:
    """A server process of this front, and its port."""
    command = [sys.executable, __file__, "--serve", front, durability, str(database)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline())
            yield psutil.Process(process.pid), port
        finally:
            process.kill()


def _serve(front: str, durability: str, database: str) -> None:
    _pin(0)
    settings = Settings(
        store=StoreSpec.parse(database),
        durability=Durability(durability),
        client_key=CLIENT_KEY,
        jwt_secret=SECRET,
    )
    if front == FRONTS[0]:
        serve(settings, lambda url: print(url.rpartition(":")[2], flush=True))
    else:
        asyncio.run(_uvicorn(settings))


async def _uvicorn(settings: Settings) -> None:
    import uvicorn  # noqa: PLC0415 - only here

    # Named TCP, since asyncio sets TCP_NODELAY only then, and uvicorn's two packets an answer need it.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(4096)
    app = await open_app(settings)
    config = uvicorn.Config(
        _asgi(app),
        http="httptools",
        lifespan="off",
        ws="none",
        proxy_headers=False,
        access_log=False,
        log_level="error",
    )
    print(listening.getsockname()[1], flush=True)
    await uvicorn.Server(config).serve([listening])


def _asgi(app: App) -> Any:  # noqa: ANN401 - ASGI has no types of its own
    async def call(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as above
        event = await receive()
        body = event["body"]
        while event["more_body"]:
            event = await receive()
            body += event["body"]
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        answer = await app.handle(scope["method"], scope["path"], headers, body)
        length = (b"content-length", b"%d" % len(answer.body))
        await send({"type": "http.response.start", "status": answer.status, "headers": [JSON, length]})
        await send({"type": "http.response.body", "body": answer.body})

    return call


def _pin(core: int) -> None:
    """Keep this process on one core: the first (0) or the last (-1), where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[core]})


if __name__ == "__main__":
    main()
