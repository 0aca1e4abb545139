"""`pushfleet run` in a process of its own, read by its JSON and exit code."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import IO, Final, NamedTuple

PUSHFLEET: Final = (sys.executable, "-c", "from locustfiles.cli import main; main()")
_TO_END: Final = 15.0  # seconds that a run has to end by itself once it is asked to


class Ended(NamedTuple):
    """What a run came to."""

    code: int  # negative: the signal that ended it
    out: str
    said: str  # on stderr


def run_to_end(command: Sequence[str], patience: float, secrets: Mapping[str, str] | None = None) -> Ended:
    """Run a command to its end; TimeoutError, and it is ended, if that takes longer than so many seconds.

    `secrets` are environment variables. On KeyboardInterrupt, or whatever else comes up meanwhile, the run is ended
    first.
    """
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        # Files and not pipes: the judge inherits them, and may outlive a run that had to be killed.
        process = subprocess.Popen(
            command,
            # Ctrl-C reaches every process of a terminal's foreground group; the run hears of it once, from us.
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            env={**os.environ, **(secrets or {})},
        )
        try:
            code = process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
        finally:
            end(process)
        return Ended(code, _text(stdout), _text(stderr))


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a run that is still under way: ask it as Ctrl-C does, wait a little, then kill it and all it started."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=_TO_END)
    except subprocess.TimeoutExpired:
        pass
    finally:  # somebody who presses Ctrl-C again does not want to wait
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # it leads its own session, and so its group
            process.wait()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
