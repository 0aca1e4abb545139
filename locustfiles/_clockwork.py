"""What makes people arrive when they are due: one timer of the event loop for a whole process.

A greenlet with a timer for each Locust user costs a switch and a timer an arrival. One timer wakes as often as the
event loop can tell moments apart, and starts everybody who is due by then, or as many as a round of it has room for.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Final

import gevent

from locustfiles._arrivals import NEVER, Arrivals, Stream
from locustfiles._when_idle import WhenIdle
from scenarios import Scenario

_FARTHEST: Final = 3_600_000_000_000  # ns; the loop's clock is a float
# Answers are read between rounds. Without a bound, arrivals that take longer than it is to the next keep the event
# loop for ever: while some arrive, more become due.
_ROUND: Final = 5_000_000  # ns
_LOOK_EVERY: Final = 16  # arrivals
_CLOSING: Final = 1_000_000_000  # ns in which those who are late at the end still arrive
_BREATH: Final = 0.0005  # seconds between rounds then

_Late = tuple[int, Scenario]  # when somebody was due, and what they do


class Clockwork:
    """Calls `arrive(scenario, due)` for everybody who is due, however late it is; `arrive` must not wait.

    Where more are late than arrive in one round of the event loop, the others do when the loop is idle, in their order.
    For whoever has not had their turn when the load is over, it calls `give_up(scenario, due)`.
    """

    def __init__(
        self,
        arrivals: Arrivals,
        arrive: Callable[[Scenario, int], object],
        give_up: Callable[[Scenario, int], object],
    ) -> None:
        self._arrivals = arrivals
        self._arrive = arrive
        self._give_up = give_up
        self._loop: Any = gevent.get_hub().loop
        self._timer: Any = None
        self._rings = NEVER  # when the timer does, monotonic ns
        self._late: deque[_Late] = deque()  # who was due when the schedule changed
        self._when_idle = WhenIdle(self._ring)
        self._is_behind = False  # it rings when the event loop is idle
        self._closed = False

    def join(self, scenario: Scenario) -> Stream:
        """A Locust user begins: its people arrive from now on."""
        if self._closed:
            return Stream(scenario, 0)  # Locust's users live on for a moment after the load is over
        now = self._set_aside()
        stream = self._arrivals.join(scenario, now)
        self._wind(now)
        return stream

    def leave(self, stream: Stream) -> None:
        """A Locust user ends; those of its people who were due by now are late, and no less."""
        if not self._closed:
            now = self._set_aside()
            self._arrivals.leave(stream, now)
            self._wind(now)  # with fewer streams the next may be due sooner than it was

    def change(self, how: Callable[[int], None]) -> None:
        """Have the arrivals changed by `how`, which takes the moment."""
        if not self._closed:
            now = self._set_aside()
            how(now)
            self._wind(now)

    def close(self) -> int:
        """Nobody arrives any more but those who were due by now, for a second; the moment, monotonic ns.

        Waits where many are late, until each has arrived or is given up.
        """
        now = time.monotonic_ns()
        self._closed = True
        self._stop()
        begins, more = now, True
        while more:
            more = self._go_on(now, begins, self._arrive if begins < now + _CLOSING else self._give_up)
            if more:
                gevent.sleep(_BREATH)
            begins = time.monotonic_ns()
        return now

    def _set_aside(self) -> int:
        """Put who is late by now where a change of the schedule does not touch them."""
        now = time.monotonic_ns()
        self._late.extend(self._arrivals.overdue(now))
        return now

    def _overdue(self, now: int) -> Iterator[_Late]:
        while self._late:
            yield self._late.popleft()
        yield from self._arrivals.overdue(now)

    def _go_on(self, now: int, begins: int, call: Callable[[Scenario, int], object]) -> bool:
        """Call for who is late by `now`, in their order; whether more than a round that `begins` now takes."""
        left = _LOOK_EVERY
        for due, scenario in self._overdue(now) if self._late else self._arrivals.overdue(now):
            call(scenario, due)
            left -= 1
            if not left:
                if time.monotonic_ns() > begins + _ROUND:
                    return True
                left = _LOOK_EVERY
        return False

    def _ring(self) -> None:
        self._stop()
        now, more = time.monotonic_ns(), True
        try:
            more = self._go_on(now, now, self._arrive)
        finally:
            if more:
                self._is_behind = True
                self._when_idle.start()
            else:
                self._wind(now)

    def _wind(self, now: int) -> None:
        """Have the timer ring when the next is due, unless it rings before that."""
        due = self._late[0][0] if self._late else self._arrivals.due
        if due < self._rings and not self._is_behind:
            self._stop()
            self._rings = due
            self._timer = self._loop.timer(min(max(due - now, 0), _FARTHEST) / 1e9)
            self._timer.start(self._ring, update=True)  # or it would count from when this round of the loop began

    def _stop(self) -> None:
        if self._is_behind:
            self._is_behind = False
            self._when_idle.stop()
        if self._timer is not None:
            self._timer.stop()
            self._timer.close()
            self._timer, self._rings = None, NEVER
