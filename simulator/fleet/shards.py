"""Shards: people with all their devices, divided so that no two workers, of any runs, ever act for one person.

The shard of a person is person // 4 % 64: neighbours of four form a household and share a shard, so that a phone can
be handed on within a lease even in a small fleet. A shard is leased by a lock on its bytes of the file `leases`;
the kernel gives it up when the process ends, however it ends.
"""

from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from simulator.errors import UsageError
from simulator.fleet.locks import ShardLocks
from simulator.fleet.people import People

SHARDS: Final = 64  # at the same time the number of workers that can share a fleet
HOUSEHOLD: Final = 4
_CHUNK: Final = 2**20


def shard_of(person: int) -> int:
    """Return the shard of a person, 0 to 63."""
    return person // HOUSEHOLD % SHARDS


def shards_of(people: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return `shard_of` of many people."""
    return (people // np.uint32(HOUSEHOLD) % np.uint32(SHARDS)).astype(np.uint8)


def household(person: int, people: int) -> range:
    """Return the people, of `people` in all, who live with `person`: a phone handed on among them stays leased."""
    first = person - person % HOUSEHOLD
    return range(first, min(first + HOUSEHOLD, people))


class Lease:
    """Shards leased to one worker of one run, from taking it to `close`; a context manager."""

    def __init__(self, folder: Path, people: People, worker: int, workers: int) -> None:
        """Lease the shards s with s % workers == worker.

        UsageError for numbers that make no sense, and if a living process, this one included, holds one of the shards.
        """
        if not 1 <= workers <= SHARDS or not 0 <= worker < workers:
            raise UsageError(
                f"worker {worker} of {workers} cannot lease shards of a fleet: it has {SHARDS}, "
                f"so run at most {SHARDS} workers, numbered from 0."
            )
        self.shards = tuple(range(worker, SHARDS, workers))
        self._people = people
        self._locks = ShardLocks.acquire(folder, self.shards)

    def holds(self, person: int) -> bool:
        """Whether this worker may act for `person`."""
        return shard_of(person) in self.shards

    def devices(self) -> NDArray[np.uint32]:
        """Return the devices that people of these shards owned when the fleet began, ascending."""
        mine = np.zeros(SHARDS, np.bool_)
        mine[list(self.shards)] = True
        chunks = []
        for first in range(0, self._people.devices, _CHUNK):
            homes = self._people.homes(first, min(first + _CHUNK, self._people.devices))
            held = mine[shards_of(homes)]
            chunks.append((np.flatnonzero(held) + first).astype(np.uint32))
        return np.concatenate(chunks)

    def close(self) -> None:
        """Give the shards back; does nothing the second time, nor in a forked child, which never held them."""
        shards, self.shards = self.shards, ()
        self._locks.release(shards)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
