"""Whose turn it is to write, among processes that write to one file.

SQLite does not queue its writers: whoever asks at the right moment gets in. A process that begins its next transaction
right after its last keeps out all others, who look in only now and then, for as long as their luck wants it; the slower
the disk, the longer. So a process writes for a hundredth of a second, and then has to queue: it writes again once it
has the turn, which whoever waits holds until it gets in.
"""

import fcntl
import os
from pathlib import Path
from typing import Final

_SUFFIX: Final = "-turn"
# Short enough for nobody to notice the wait for a few others, long enough to make up for the millisecond until the next
# one looks in.
_SECONDS: Final = 0.01


class Turn:
    """The turn to write to the file at `path`, as a lock on an empty file beside it. Times are in seconds of any clock.

    The lock is only about fairness, so that nothing breaks where it does not work: on a file system without locks, or
    with a process that comes while another one, that ends, takes the file away.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + _SUFFIX)
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        self._ends = 0.0

    def mine(self, now: float) -> bool:
        """Whether this process may ask to write: its turn has not ended, or it is the next."""
        return now < self._ends or self._lock()

    def begin(self, now: float) -> None:
        """It writes; another one may be the next."""
        if now >= self._ends:
            self._ends = now + _SECONDS
            self._unlock()

    def end(self) -> None:
        """Another one writes already: this one has to queue, and stays the next if it is."""
        self._ends = 0.0

    def give_up(self) -> None:
        """Be the next no longer."""
        self._unlock()

    def close(self) -> None:
        """Leave the queue, and no file behind."""
        os.close(self._descriptor)
        self._path.unlink(missing_ok=True)

    def _lock(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # there are no locks here
            return True
        return True

    def _unlock(self) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        except OSError:  # as above
            return
