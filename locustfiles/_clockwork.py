"""What makes people arrive when they are due: one timer of the event loop for a whole process.

A greenlet with a timer for each Locust user costs a switch and a timer an arrival. One timer wakes as often as the
event loop can tell moments apart, and starts everybody who is due by then.
"""

import time
from collections.abc import Callable
from typing import Any, Final

import gevent

from locustfiles._arrivals import NEVER, Arrivals, Stream
from scenarios import Scenario

_FARTHEST: Final = 3_600_000_000_000  # ns; the loop's clock is a float


class Clockwork:
    """Calls `arrive(scenario, due)` for everybody who is due, at once however late it is; `arrive` must not wait."""

    def __init__(self, arrivals: Arrivals, arrive: Callable[[Scenario, int], object]) -> None:
        self._arrivals = arrivals
        self._arrive = arrive
        self._loop: Any = gevent.get_hub().loop
        self._timer: Any = None
        self._rings = NEVER  # when the timer does, monotonic ns
        self._closed = False

    def join(self, scenario: Scenario) -> Stream:
        """A Locust user begins: its people arrive from now on."""
        if self._closed:
            return Stream(scenario, 0)  # Locust's users live on for a moment after the load is over
        now = self._catch_up()
        stream = self._arrivals.join(scenario, now)
        self._wind(now)
        return stream

    def leave(self, stream: Stream) -> None:
        """A Locust user ends; those of its people who were due by now do arrive."""
        if not self._closed:
            now = self._catch_up()
            self._arrivals.leave(stream, now)
            self._wind(now)  # with fewer streams the next may be due sooner than it was

    def change(self, how: Callable[[int], None]) -> None:
        """Have the arrivals changed by `how`, which takes the moment."""
        if not self._closed:
            now = self._catch_up()
            how(now)
            self._wind(now)

    def close(self) -> int:
        """Nobody arrives any more but those who were due by now; the moment, monotonic ns."""
        now = self._catch_up()
        self._closed = True
        self._stop()
        return now

    def _catch_up(self) -> int:
        now = time.monotonic_ns()
        for due, scenario in self._arrivals.overdue(now):
            self._arrive(scenario, due)
        return now

    def _ring(self) -> None:
        self._stop()
        now = time.monotonic_ns()
        try:
            now = self._catch_up()
        finally:
            self._wind(now)

    def _wind(self, now: int) -> None:
        """Have the timer ring when the next is due, unless it rings before that."""
        due = self._arrivals.due
        if due < self._rings and not self._closed:
            self._stop()
            self._rings = due
            self._timer = self._loop.timer(min(max(due - now, 0), _FARTHEST) / 1e9)
            self._timer.start(self._ring, update=True)  # or it would count from when this round of the loop began

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer.close()
            self._timer, self._rings = None, NEVER
