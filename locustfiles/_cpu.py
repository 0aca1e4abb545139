"""How long others had the CPU while this process wanted it, as far as the kernel tells: Linux does, in /proc."""

import os
from contextlib import suppress
from typing import Final

from results.journal.record import Cause

SHORTEST: Final = 1_000_000  # ns in one look; less is what any machine's housekeeping takes
_STAT: Final = "/proc/stat"
_SCHEDSTAT: Final = "/proc/self/schedstat"
_STOLEN: Final = 8  # the column of /proc/stat
_MOST: Final = 65_536  # bytes; the lines of the cores are the first


class Cpu:
    """Two of the kernel's counters, read again and again. Where one does not exist, nothing was taken."""

    def __init__(self) -> None:
        self._tick = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
        self._stolen, self._waited = self._read_stolen(), self._read_waited()

    def taken(self) -> dict[Cause, int]:
        """Since the last look, in ns: WAITED for a core that other programs had, STOLEN by the hypervisor.

        A cause that took less than SHORTEST is absent. What was stolen is counted in ticks of 10 ms, on the core that
        lost most: the process may have run on any.
        """
        stolen, waited = self._read_stolen(), self._read_waited()
        lost = max((now - before for now, before in zip(stolen, self._stolen, strict=False)), default=0)
        found = {Cause.STOLEN: lost * self._tick, Cause.WAITED: waited - self._waited}
        self._stolen, self._waited = stolen, waited
        return {cause: taken for cause, taken in found.items() if taken >= SHORTEST}

    def _read_stolen(self) -> list[int]:
        """Ticks by core."""
        cores = (line.split() for line in _read(_STAT).splitlines()[1:] if line.startswith(b"cpu"))
        return [int(core[_STOLEN]) for core in cores if len(core) > _STOLEN]

    def _read_waited(self) -> int:
        """Nanoseconds on a run queue; 0 where the kernel does not count them."""
        said = _read(_SCHEDSTAT).split()
        return int(said[1]) if len(said) > 1 else 0


def _read(path: str) -> bytes:
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            return os.read(handle, _MOST)
        finally:
            os.close(handle)
    return b""
