"""The generator watching itself: when it stood still, and why.

Whatever holds the event loop up holds up every answer that came in meanwhile, so it belongs in the journal beside them.
Three ways of looking, since each is blind to something:

- Every round of the event loop is timed: a round that takes long kept everything else waiting.
- Whoever sleeps 50 ms and wakes late has measured that nothing could run, even where the loop itself was idle (the idea
  is Hyperfoil's). It sees one in five of the stalls of 10 ms, and every one of 50 ms.
- Garbage collections are timed, and the kernel is asked how long others had the CPU meanwhile.
"""

import gc
import time
from collections.abc import Callable
from typing import Any, Final

import gevent

from locustfiles._cpu import Cpu
from results.journal.record import ABSENT, NO_RC, NO_ROWS, NOBODY, Call, Cause, Outcome

PERIOD: Final = 0.05  # seconds
SHORTEST: Final = 2_000_000  # ns; below this a stall is the event loop's ordinary round, whose clock has steps of 1 ms
_SHORTEST_COLLECTION: Final = 1_000_000


class Watchdog:
    """Watches from `start` to `stop`, and hands records to the journal's `append`."""

    def __init__(self, append: Callable[..., None]) -> None:
        self._append = append
        loop: Any = gevent.get_hub().loop
        self._round = self._collection = 0  # when it began
        # A collection may begin in the middle of anything, even of a journal's write: it is noted, and written later.
        self._noted: list[tuple[Cause, int, int]] = []
        self._polled = loop.check(priority=loop.MAXPRI)  # before what the poll has woken
        self._polls = loop.prepare(priority=loop.MINPRI)  # after all that was to run
        self._sleeper: gevent.Greenlet[..., None] | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._round = time.monotonic_ns()
        self._polled.start(self._begin_round)
        self._polls.start(self._end_round)
        gc.callbacks.append(self._collected)
        self._sleeper = gevent.spawn(self._sleep)

    def stop(self) -> None:
        """Watch no longer; what was noted is in the journal."""
        if self._sleeper is not None:
            self._sleeper.kill()
            self._sleeper = None
            gc.callbacks.remove(self._collected)
            for watcher in (self._polled, self._polls):
                watcher.stop()
                watcher.close()
            self._write()

    def _begin_round(self) -> None:
        self._round = time.monotonic_ns()

    def _end_round(self) -> None:
        now = time.monotonic_ns()
        if now - self._round >= SHORTEST:
            self._noted.append((Cause.BUSY, self._round, now))

    def _collected(self, phase: str, _: object) -> None:
        now = time.monotonic_ns()
        if phase == "start":
            self._collection = now
        elif now - self._collection >= _SHORTEST_COLLECTION:
            self._noted.append((Cause.COLLECTION, self._collection, now))

    def _sleep(self) -> None:
        cpu = Cpu()
        while True:
            asleep = time.monotonic_ns()
            gevent.sleep(PERIOD)
            woken, due = time.monotonic_ns(), asleep + int(PERIOD * 1e9)
            if woken - due >= SHORTEST:
                self._noted.append((Cause.LATE, due, woken))
            for cause, taken in cpu.taken().items():
                self._record(cause, asleep, woken, taken)
            self._write()

    def _write(self) -> None:
        noted, self._noted = self._noted, []
        for cause, began, ended in noted:
            self._record(cause, began, ended, ABSENT)

    def _record(self, cause: Cause, began: int, ended: int, taken: int) -> None:
        """Keep a stall; `taken` is how much of the time it was, where that is not all."""
        what = (0, 0, NO_ROWS, NO_RC, NOBODY, 0, taken, 0)
        self._append(Call.STALL, Outcome.OK, cause, *what, began, began, ended)
