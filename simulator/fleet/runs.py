"""The number of the next run: a file of five bytes, the last number given out, changed under a lock."""

import fcntl
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from simulator.errors import UsageError

FILE: Final = "runs"
MAX_RUN: Final = 2**12 - 1  # a token has 12 bits for the run
_CONTENT: Final = re.compile(rb"\d{4}\n")


def write_none(folder: Path) -> None:
    """Begin the count: no run yet."""
    (folder / FILE).write_bytes(b"0000\n")


def runs_so_far(folder: Path) -> int:
    """Return the number of the last run, 0 if there was none; UsageError if the count cannot be read."""
    path = folder / FILE
    try:
        return _parsed(path, path.read_bytes())
    except OSError as error:
        raise _unusable(path, error) from None


def begin_run(folder: Path, latest: Callable[[], int]) -> int:
    """Give out the next number, 1 to 4095, and wait until that is on disk, so that it is never given out again.

    `latest` tells the highest run that any token was minted in: a count restored from an old backup is refused.
    UsageError for that, when the numbers are used up, and when the count cannot be read or written.
    """
    path = folder / FILE
    try:
        with path.open("r+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # until closed
            run = _next(path, _parsed(path, file.read()), latest())
            # The same five bytes in one write: a kill leaves the old number or the new one.
            os.pwrite(file.fileno(), b"%04d\n" % run, 0)
            os.fsync(file.fileno())
            return run
    except OSError as error:
        raise _unusable(path, error) from None


def _next(path: Path, last: int, latest: int) -> int:
    if latest > last:
        raise UsageError(
            f"{path} says that the last run was {last}, but there are tokens of run {latest}: it is older than "
            "the rest, and using it would mint tokens twice. Restore the whole directory from one backup, "
            "or create a new fleet."
        )
    if last >= MAX_RUN:
        raise UsageError(f"the fleet at {path.parent} has had all of its {MAX_RUN} runs: create a new fleet.")
    return last + 1


def _parsed(path: Path, content: bytes) -> int:
    if not _CONTENT.fullmatch(content) or int(content) > MAX_RUN:
        raise UsageError(
            f"{path} is damaged: it holds {content[:20]!r} and not the number of the last run. "
            "Restore the directory from a backup, or create a new fleet."
        )
    return int(content)


def _unusable(path: Path, error: OSError) -> UsageError:
    return UsageError(
        f"{path} cannot be used: {error.strerror}. Every run has to be counted there, or tokens would be minted twice: "
        "make the directory readable and writable, or name another fleet."
    )
