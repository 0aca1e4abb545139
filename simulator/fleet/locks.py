"""Locks on shards, one byte range each of the file `leases`."""

import errno
import fcntl
import os
import threading
from pathlib import Path
from typing import Final

from simulator.errors import UsageError

FILE: Final = "leases"
_SLOT: Final = 8  # bytes a shard: the process id of its last holder, for the message to the next


def write_none(folder: Path, shards: int) -> None:
    """Begin with none of the `shards` locked."""
    (folder / FILE).write_bytes(bytes(shards * _SLOT))


class ShardLocks:
    """This process's locks on one file of leases.

    POSIX gives up all of a process's locks on a file when the process closes any descriptor of it, and a process
    never conflicts with itself. So there is one descriptor a file, closed with the last lease, and a set of what is
    held. A forked child inherits the set but not the locks, hence `forget_all`.
    """

    _open: Final[dict[tuple[int, int], "ShardLocks"]] = {}
    _guard = threading.Lock()

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._held: set[int] = set()

    @classmethod
    def acquire(cls, folder: Path, shards: tuple[int, ...]) -> "ShardLocks":
        """Lock these shards, all or none; UsageError if a living process holds one, or the file cannot be used."""
        path = folder / FILE
        with cls._guard:
            try:
                status = path.stat()
                locks = cls._open.get((status.st_dev, status.st_ino)) or cls(path)
            except OSError as error:
                raise UsageError(
                    f"{path} cannot be used: {error.strerror}. Workers lease their people there: "
                    "make the directory readable and writable, or name another fleet."
                ) from None
            cls._open[status.st_dev, status.st_ino] = locks
            locks.take(shards)
            return locks

    def forget(self) -> None:
        """Hold nothing, as is true of a forked child."""
        os.close(self._descriptor)
        self._held.clear()

    def release(self, shards: tuple[int, ...]) -> None:
        """Unlock these shards; those not held are left alone."""
        with self._guard:
            self._give_back(shards)

    @classmethod
    def forget_all(cls) -> None:
        """In a forked child: the descriptors are closed, which leaves the parent's locks alone."""
        for locks in cls._open.values():
            locks.forget()
        cls._open.clear()
        cls._guard = threading.Lock()  # another thread of the parent may have held it

    def take(self, shards: tuple[int, ...]) -> None:
        """Lock these shards, all or none; only `acquire` calls this, under its guard."""
        taken: list[int] = []
        try:
            for shard in shards:
                self._lock(shard)
                taken.append(shard)
        except BaseException:
            self._give_back(tuple(taken))
            raise

    def _lock(self, shard: int) -> None:
        if shard in self._held:
            raise self._in_use(shard, os.getpid())
        try:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, _SLOT, shard * _SLOT)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                raise
            holder = int.from_bytes(os.pread(self._descriptor, _SLOT, shard * _SLOT))
            raise self._in_use(shard, holder) from None
        self._held.add(shard)
        os.pwrite(self._descriptor, os.getpid().to_bytes(_SLOT), shard * _SLOT)

    def _give_back(self, shards: tuple[int, ...]) -> None:
        for shard in self._held.intersection(shards):
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN, _SLOT, shard * _SLOT)
        self._held.difference_update(shards)
        if not self._held:
            for key in [key for key, locks in self._open.items() if locks is self]:
                del self._open[key]
                os.close(self._descriptor)

    def _in_use(self, shard: int, holder: int) -> UsageError:
        return UsageError(
            f"another run uses the fleet at {self._path.parent}: process {holder} holds shard {shard}. "
            "Wait for it, stop it, or name another fleet."
        )


os.register_at_fork(after_in_child=ShardLocks.forget_all)
