"""The embedded backend, started and ended by the process that loads it."""

import os
import secrets
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

import orjson

from simulator.backend.settings import LOOPBACK
from simulator.backend.sqlite import Durability
from simulator.errors import CannotKnow, UsageError

_START_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 10.0
_LAST_LINES: Final = 10
_LAST_BYTES: Final = 16_384
# The child must find this package even where the parent was started by a path and not from an installation.
_ROOT: Final = str(Path(__file__).parents[2])


class Embedded:
    """A running backend in a process of its own, which ends with this one at the latest.

    Made by `start`; `url`, `pid`, `database`, `client_key` and `api_key` are what it serves under. A context manager:
    leaving it stops the backend. Works under gevent's monkey-patching too: pipes are bare descriptors and waiting is
    `poll`, which gevent makes cooperative.
    """

    def __init__(self, process: "subprocess.Popen[bytes]", stdin: int, log: IO[bytes], ready: dict[str, Any]) -> None:
        self._process = process
        self._stdin: int | None = stdin
        self._log = log
        self.url: str = ready["url"]
        self.pid: int = ready["pid"]
        self.database = Path(ready["database"])
        self.client_key: str = ready["client_key"]
        self.api_key: str = ready["api_key"]

    @classmethod
    def start(
        cls,
        database: Path,
        *,
        bug: str | None = None,
        host: str = LOOPBACK,
        port: int = 0,
        durability: Durability = Durability.POWER,
        client_key: str | None = None,
        api_key: str | None = None,
        jwt_secret: str | None = None,
    ) -> Self:
        """Start a backend on the SQLite file `database`, and wait up to 30 seconds for it to be ready.

        Keys and secret are drawn where none is given. With the same `jwt_secret`, client tokens of an earlier backend
        stay good. Raises UsageError for an option it cannot be started with (an unknown bug, a port in use, a
        database that cannot be written), and CannotKnow if it dies or is not ready in time.
        """
        keys = {
            "client_key": client_key or secrets.token_urlsafe(16),
            "api_key": api_key or secrets.token_urlsafe(32),
            "jwt_secret": jwt_secret or secrets.token_urlsafe(32),
        }
        options = [f"--database={database}", f"--host={host}", f"--port={port}", f"--durability={durability}"]
        if bug is not None:
            options.append(f"--bug={bug}")
        log = tempfile.TemporaryFile()  # noqa: SIM115 - it is read when something has gone wrong, and closed by stop()
        process, stdin, stdout = _spawn(options, keys, log)
        try:
            line = _first_line(stdout, time.monotonic() + _START_SECONDS)
            ready = orjson.loads(line) if line.endswith(b"\n") else None
        except BaseException:
            _end(process, stdin)
            log.close()
            raise
        finally:
            os.close(stdout)
        if ready is None:
            raise _failure(process, stdin, log)
        return cls(process, stdin, log, {**ready, **keys})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def alive(self) -> bool:
        """Whether the backend still runs."""
        return self._process.poll() is None

    def log(self) -> str:
        """The last lines of what the backend had to say on stderr; empty if all was well, and after `stop`."""
        return "" if self._log.closed else _last_lines(self._log)

    def stop(self) -> None:
        """End the backend: it finishes what is under way, and is killed if it does not. Can be called again."""
        if self._stdin is not None:
            _end(self._process, self._stdin)
            self._stdin = None
            self._log.close()


def _spawn(options: list[str], keys: dict[str, str], log: IO[bytes]) -> tuple["subprocess.Popen[bytes]", int, int]:
    """The process, the descriptor whose closing ends it, and the one on which it says that it is ready."""
    path = os.pathsep.join(filter(None, [_ROOT, os.environ.get("PYTHONPATH")]))
    named = {f"PUSHFLEET_BACKEND_{name.upper()}": value for name, value in keys.items()}
    child_stdin, stdin = os.pipe()
    stdout, child_stdout = os.pipe()
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "simulator.backend", *options],
            stdin=child_stdin,
            stdout=child_stdout,
            stderr=log,
            env={**os.environ, "PYTHONPATH": path, **named},
            start_new_session=True,  # Ctrl-C is for the run, which still needs its target to drain and to read back
        )
    except BaseException:
        os.close(stdin)
        os.close(stdout)
        raise
    finally:
        os.close(child_stdin)
        os.close(child_stdout)
    return process, stdin, stdout


def _first_line(descriptor: int, deadline: float) -> bytes:
    """What comes on a pipe up to the end of a line, of the pipe, or of time.monotonic()'s `deadline`."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    line = b""
    while not line.endswith(b"\n"):
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            break
        part = os.read(descriptor, 4096)
        if not part:
            break
        line += part
    return line


def _failure(process: "subprocess.Popen[bytes]", stdin: int, log: IO[bytes]) -> Exception:
    """End a process that did not get ready, and say why it did not."""
    died = _wait(process, 1.0)
    _end(process, stdin)
    words = _last_lines(log)
    log.close()
    if not died:
        return CannotKnow(
            f"the embedded backend was not ready after {_START_SECONDS:g} s. Is the machine overloaded? {words}"
        )
    if process.returncode == UsageError.exit_code:
        return UsageError(words)
    return CannotKnow(f"the embedded backend died at its start with exit code {process.returncode}:\n{words}")


def _end(process: "subprocess.Popen[bytes]", stdin: int) -> None:
    os.close(stdin)
    process.terminate()  # too: a process forked off this one may hold the other end of stdin open
    if not _wait(process, _STOP_SECONDS):
        process.kill()
        process.wait()


def _wait(process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _last_lines(log: IO[bytes]) -> str:
    # pread, since the child writes at the same file offset: reading on would move where it writes.
    size = os.fstat(log.fileno()).st_size
    text = os.pread(log.fileno(), _LAST_BYTES, max(0, size - _LAST_BYTES)).decode(errors="replace")
    return "\n".join(text.splitlines()[-_LAST_LINES:])
