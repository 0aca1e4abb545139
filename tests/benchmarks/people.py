"""What a connected person costs: `python tests/benchmarks/people.py`.

A server that takes eight seconds to answer has one core, and the load of one process the other: as many people arrive
in that time as are to be connected at once, each with a connection of their own. A few, then many: the difference is
what one takes of the process, beside the kernel's memory for the socket. Wants two cores, and as many open files as
people.
"""

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))

from simulator.client.descriptors import raise_limit
from tests.benchmarks.answering import TOKEN

ANSWERS_AFTER: Final = 8.0  # seconds
FEW: Final = 500
SPARE: Final = 200  # open files that are no person's
PATIENCE: Final = 120.0
_OK: Final = '{"RC":0,"RM":"OK","result":{}}'
_ISSUED: Final = f'{{"RC":0,"RM":"OK","result":{{"token":"{TOKEN}","expirationDate":"2099-01-01T00:00:00Z"}}}}'


class Seen(NamedTuple):
    """What was measured while so many were connected."""

    people: int  # connections of the process
    memory: int  # bytes resident
    cpu: float  # share of a core


class Slow(asyncio.Protocol):
    """Answers a request after its time, but what prepares the run at once; one request at a time, each in one piece."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """A request has come."""
        prepares = not data.startswith(b"POST /me/")
        body = _ISSUED if data.startswith(b"POST /admin/clients") else _OK
        answer = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        loop = asyncio.get_running_loop()
        loop.call_later(0.0 if prepares else ANSWERS_AFTER, self._transport.write, answer.encode())


def main() -> None:
    """Print what few and many came to, and the difference by person; exit with 1 if they were not all connected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(_serve())
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    people = min(options.people, most - SPARE)
    if people < options.people:
        print(f"a process here may open {most:,} files: {people:,} people, not {options.people:,}")
    few, many = _seen(FEW), _seen(people)
    for seen in (few, many):
        print(f"{seen.people:>7,} people connected: {seen.memory / 1e6:,.0f} MB, CPU {100 * seen.cpu:.0f} %")
    print(f"{(many.memory - few.memory) / (many.people - few.people) / 1e3:.1f} kB a person")
    sys.exit(int(few.people < 0.99 * FEW or many.people < 0.99 * people))


def _seen(people: int) -> Seen:
    cores = sorted(os.sched_getaffinity(0))
    with _slow(cores[-1]) as port, tempfile.TemporaryDirectory(prefix="pushfleet-bench-") as folder:
        command = (
            *("taskset", "-c", str(cores[0]), sys.executable, "-c", "from locustfiles.cli import main; main()", "run"),
            *("--host", f"http://127.0.0.1:{port}", "--client-key", "k", "--api-key", "k", "--timeout", "60"),
            *("--devices", str(2 * people + 2000), "--scenario", "app_launch", "--arrivals", "constant", "--seed", "1"),
            *("--rate", str(people / ANSWERS_AFTER), "--max-in-flight", str(2 * people), "--run-time", "1h"),
            *("--results", folder),
        )
        with psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as load:
            try:
                return _watched(load, people)
            finally:
                if load.poll() is None:
                    load.kill()


def _watched(load: psutil.Popen, people: int) -> Seen:
    """Wait until as many are connected, and for what two answers take; then look."""
    until = time.monotonic() + PATIENCE
    while _connections(load) < 0.99 * people and time.monotonic() < until and load.poll() is None:
        time.sleep(0.5)
    time.sleep(2 * ANSWERS_AFTER)
    if load.poll() is not None:
        sys.exit(f"The load ended early, with {load.returncode}.")
    load.cpu_percent()
    time.sleep(ANSWERS_AFTER)
    return Seen(_connections(load), load.memory_info().rss, load.cpu_percent() / 100)


def _connections(load: psutil.Popen) -> int:
    return max(0, load.num_fds() - _plain_files(load)) if load.poll() is None else 0


def _plain_files(load: psutil.Popen) -> int:
    folder = Path(f"/proc/{load.pid}/fd")
    return sum(not _target(entry).startswith("socket:") for entry in folder.iterdir())


def _target(entry: Path) -> str:
    try:
        return os.readlink(entry)  # noqa: PTH115 - a socket's is no path
    except OSError:
        return ""


@contextmanager
def _slow(core: int) -> Iterator[int]:
    command = ("taskset", "-c", str(core), sys.executable, __file__, "--serve")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield int(server.stdout.readline())
        finally:
            server.kill()


async def _serve() -> None:
    raise_limit()
    server = await asyncio.get_running_loop().create_server(Slow, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    main()
