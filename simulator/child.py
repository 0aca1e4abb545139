"""Servers of ours in processes of their own: started, waited for until they say that they are ready, and ended.

A server says that it is ready by one line of JSON on its stdout, and ends at the end of its stdin, which no death of
its parent can withhold. Works under gevent's monkey-patching too: pipes are bare descriptors and waiting is `poll`,
which gevent makes cooperative.
"""

import contextlib
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final

import orjson

from simulator.errors import CannotKnow, UsageError

_START_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 0.05  # under gevent, a child's death is seen only after a turn of the event loop
_LAST_LINES: Final = 10
_LAST_BYTES: Final = 16_384
# The child must find this package even where the parent was started by a path and not from an installation.
_ROOT: Final = str(Path(__file__).parents[1])


class Child:
    """A running server; `ready` is what it said when it was, `pid` its process. Made by `start`."""

    def __init__(
        self, name: str, process: "subprocess.Popen[bytes]", stdin: int, log: IO[bytes], ready: dict[str, Any]
    ) -> None:
        self.name = name
        self.ready = ready
        self.pid = process.pid
        self._process = process
        self._stdin: int | None = stdin
        self._log = log

    @staticmethod
    def start(name: str, module: str, options: Sequence[str], environment: Mapping[str, str]) -> "Child":
        """Start `python -m module` with these options, and wait up to 30 seconds for it to be ready.

        `name` is what errors call it; `environment` is added to this process's, and is the place for secrets. Raises
        UsageError with the child's own words if it ends with 64, and CannotKnow if it dies or is not ready in time.
        """
        return Starting(name, module, options, environment).ready()

    def alive(self) -> bool:
        """Whether it still runs; takes a moment, in which a death that has just happened comes to light."""
        return not _wait(self._process, _LOOK_SECONDS)

    def log(self) -> str:
        """The last lines of what it had to say on stderr; empty if all was well, and after `stop`."""
        return "" if self._log.closed else _last_lines(self._log)

    def stop(self) -> None:
        """End it: it finishes what is under way, and is killed if it does not. Can be called again."""
        if self._stdin is not None:
            _end(self._process, self._stdin)
            self._stdin = None
            self._log.close()

    def kill(self) -> None:
        """Kill it (SIGKILL), whatever it is doing. Can be called again."""
        if self._stdin is not None:
            self._process.kill()
            self._process.wait()
        self.stop()


class Starting:
    """A server on its way; one that stands by begins when it is told to `go`, with everything loaded by then."""

    def __init__(self, name: str, module: str, options: Sequence[str], environment: Mapping[str, str]) -> None:
        """As `Child.start`, but wait for nothing."""
        self._name = name
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - read when something has gone wrong, closed by Child.stop()
        self._process, self._stdin, self._stdout = _spawn(module, options, environment, self._log)

    def wait(self) -> None:
        """Until one that stands by has loaded everything, and says so by a line, or has died; up to 30 seconds."""
        _first_line(self._stdout, time.monotonic() + _START_SECONDS)

    def go(self) -> None:
        """Tell one that stands by, and was waited for, to begin; `ready` tells if it has died."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self._stdin, b"\n")

    def ready(self) -> Child:
        """Wait for it to be ready, up to 30 seconds. Raises as `Child.start` does."""
        try:
            line = _first_line(self._stdout, time.monotonic() + _START_SECONDS)
            ready = orjson.loads(line) if line.endswith(b"\n") else None
        except BaseException:
            self.stop()
            raise
        if ready is None:
            os.close(self._stdout)
            raise _failure(self._name, self._process, self._stdin, self._log)
        os.close(self._stdout)
        return Child(self._name, self._process, self._stdin, self._log, ready)

    def stop(self) -> None:
        """It is not wanted any more; instead of `ready`."""
        _end(self._process, self._stdin)
        os.close(self._stdout)
        self._log.close()


def _spawn(
    module: str, options: Sequence[str], environment: Mapping[str, str], log: IO[bytes]
) -> tuple["subprocess.Popen[bytes]", int, int]:
    """The process, the descriptor whose closing ends it, and the one on which it says that it is ready."""
    path = os.pathsep.join(filter(None, [_ROOT, os.environ.get("PYTHONPATH")]))
    child_stdin, stdin = os.pipe()
    stdout, child_stdout = os.pipe()
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *options],
            stdin=child_stdin,
            stdout=child_stdout,
            stderr=log,
            env={**os.environ, "PYTHONPATH": path, **environment},
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


def _failure(name: str, process: "subprocess.Popen[bytes]", stdin: int, log: IO[bytes]) -> Exception:
    """End a process that did not get ready, and say why it did not."""
    died = _wait(process, 1.0)
    _end(process, stdin)
    words = _last_lines(log)
    log.close()
    if not died:
        return CannotKnow(f"{name} was not ready after {_START_SECONDS:g} s. Is the machine overloaded? {words}")
    if process.returncode == UsageError.exit_code:
        return UsageError(words)
    said = f":\n{words}" if words else ", and said nothing."
    return CannotKnow(f"{name} died at the start with exit code {process.returncode}{said}")


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
