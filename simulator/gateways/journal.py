"""The deliveries in a file: DELIVERY records, one after the other, in the order in which they came.

The file outlives a kill up to its last 50 ms. A record that was cut short at its end is of no delivery; whoever appends
next overwrites it.
"""

import fcntl
import os
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.errors import CannotKnow, UsageError
from simulator.gateways.delivery import DELIVERY, PACK, Delivery

FLUSH_SECONDS: Final = 0.05
MOST_RECORDS: Final = 16_384  # in one answer: a megabyte
_BYTES: Final = PACK.size


def read_deliveries(path: Path) -> NDArray[np.void]:
    """All deliveries in a journal, an array of DELIVERY. Raises OSError if the file cannot be read."""
    content = path.read_bytes()
    return np.frombuffer(content, DELIVERY, len(content) // _BYTES)


class Journal:
    """Appends to one file, of which it must be the only writer: another process's attempt is a UsageError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._pending = bytearray()
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise UsageError(f"{path} cannot be written ({error.strerror}): name another --folder.") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise UsageError(
                f"{path.parent} is in use by other gateways: end them, or name another --folder."
            ) from None
        self._written = os.fstat(self._file).st_size // _BYTES

    def __len__(self) -> int:
        return self._written + len(self._pending) // _BYTES

    def append(self, delivery: Delivery, received: int, answered: int) -> None:
        """Add one, with the front end's two stamps; it is in the file after the next `flush`."""
        self._pending += PACK.pack(*delivery[:-2], received, answered)

    def flush(self) -> None:
        """Write what was appended. Raises CannotKnow if that cannot be, as when the disk is full."""
        if not self._pending:
            return
        pending = bytes(self._pending)
        try:
            _write(self._file, pending, self._written * _BYTES)
        except OSError as error:
            raise CannotKnow(
                f"{self.path} cannot be written ({error.strerror}), so nobody would know what was delivered: "
                "make room, and start the gateways again."
            ) from None
        self._written += len(pending) // _BYTES
        self._pending.clear()

    def from_number(self, number: int) -> bytes:
        """The records from `number` on, as many as one answer holds; flushes."""
        self.flush()
        first = min(number, self._written)
        return os.pread(self._file, min(MOST_RECORDS, self._written - first) * _BYTES, first * _BYTES)

    def close(self) -> None:
        """Flush, and let others use the file."""
        try:
            self.flush()
        finally:
            os.close(self._file)


def _write(file: int, content: bytes, offset: int) -> None:
    view = memoryview(content)
    while view:
        done = os.pwrite(file, view, offset)
        view, offset = view[done:], offset + done
