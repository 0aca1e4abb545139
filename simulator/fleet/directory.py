"""Making a fleet's directory: whole or not at all, and never over anything that is there.

The files are written into a draft beside it, which is then renamed into place. The draft has one name, so that what a
killed process left is used up by the next; it is locked, so that two processes that make the same fleet take turns.
"""

import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from simulator.errors import UsageError
from simulator.fleet import locks, runs
from simulator.fleet.description import Description
from simulator.fleet.people import People
from simulator.fleet.shards import SHARDS
from simulator.fleet.state import write_devices

DEVICES_FILE: Final = "devices.npy"


def create(directory: Path, description: Description, progress: Callable[[int], None]) -> None:
    """Create the fleet; UsageError if something is there or it cannot be written. `progress` gets devices written."""
    if not directory.absolute().name:
        raise _exists(directory)  # the root; "." has the name of the folder it is
    try:
        directory.absolute().parent.mkdir(parents=True, exist_ok=True)
        with _draft(directory) as draft:
            _write(draft, description, progress)
            draft.rename(directory)  # fails unless there is nothing, or an empty directory
            _sync(directory.absolute().parent)
    except OSError as error:
        raise _cannot_create(directory, description, error) from None


@contextmanager
def _draft(directory: Path) -> Iterator[Path]:
    """Yield an empty directory that is ours alone, and remove it if it is still there afterwards."""
    draft = directory.absolute().with_name(f".{directory.absolute().name}.draft")
    descriptor = _locked(draft)
    try:
        # While we waited for our turn another process may have finished the same fleet.
        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            raise _exists(directory)
        for left in draft.iterdir():
            left.unlink()
        yield draft
    finally:
        if _is_still(draft, descriptor):  # renamed away, the name may already be another process's draft
            shutil.rmtree(draft, ignore_errors=True)
        os.close(descriptor)


def _locked(draft: Path) -> int:
    """Make and lock the draft; the descriptor holds the lock."""
    while True:
        draft.mkdir(mode=0o700, exist_ok=True)  # it will hold client tokens
        try:
            descriptor = os.open(draft, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:  # removed by its owner between the two calls
            continue
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _is_still(draft, descriptor):
            return descriptor
        os.close(descriptor)  # its owner renamed or removed it while we waited: the lock is on something else


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _write(folder: Path, description: Description, progress: Callable[[int], None]) -> None:
    write_devices(folder / DEVICES_FILE, People(description.seed, description.devices), progress)
    runs.write_none(folder)
    locks.write_none(folder, SHARDS)
    description.write(folder)
    _sync(folder)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _exists(directory: Path) -> UsageError:
    return UsageError(
        f"{directory} exists, and nothing is ever overwritten: name another directory, or remove it first."
    )


def _cannot_create(directory: Path, description: Description, error: OSError) -> UsageError:
    if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
        return _exists(directory)
    remedy = "name a directory that can be written"
    if error.errno == errno.ENOSPC:
        remedy = f"make room for {description.devices * 16 / 1e6:.0f} MB, or name a directory on another disk"
    return UsageError(f"the fleet at {directory} cannot be created: {error.strerror}. Please {remedy}.")
