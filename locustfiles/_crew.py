"""Greenlets that outlive what they do: each takes on one job after another.

A greenlet of its own for every operation costs more than the operation's way to the socket and back: from Python 3.11
on each has a stack that is mapped into memory when it begins and unmapped when it ends, and touching fresh pages takes
long. Hands that are free keep theirs; the last one freed, whose stack is still in the cache, is the next.
"""

from collections.abc import Callable
from typing import Any

import gevent
from gevent.event import Event
from gevent.hub import Waiter


class Job:
    """Something that a hand does."""

    __slots__ = ("_arguments", "_function", "_is_over", "_waiters", "then")

    def __init__(self, function: Callable[..., object], arguments: tuple[Any, ...]) -> None:
        self._function = function
        self._arguments = arguments
        self._is_over = False
        self._waiters: list[Any] = []  # an Event for each job costs three times as much
        self.then: Callable[[], None] | None = None  # called once it is over; it must not wait

    def wait(self) -> None:
        """Wait until it is over, however it ended."""
        if not self._is_over:
            waiter: Any = Waiter()
            self._waiters.append(waiter)
            waiter.get()

    def do(self) -> None:
        """Do it."""
        try:
            self._function(*self._arguments)
        finally:
            self._is_over = True
            for waiter in self._waiters:
                waiter.hub.loop.run_callback(waiter.switch, None)  # only the event loop may switch to one who waits
            if self.then is not None:
                self.then()


class Crew:
    """As many hands as there were ever jobs at once; one gevent hub's."""

    def __init__(self) -> None:
        self._hub: Any = gevent.get_hub()
        self._free: list[gevent.Greenlet[..., None]] = []
        self._busy: set[gevent.Greenlet[..., None]] = set()
        self._none_is_busy: Event | None = None  # once somebody waits for that

    def start(self, function: Callable[..., object], *arguments: Any) -> Job:  # noqa: ANN401 - the function's
        """Have a hand call the function, in the event loop's next round."""
        job = Job(function, arguments)
        if self._free:
            hand = self._free.pop()
            self._hub.loop.run_callback(hand.switch, job)
        else:
            hand = gevent.spawn(self._serve, job)
        self._busy.add(hand)
        return job

    def wait(self, seconds: float) -> None:
        """Wait until no job is under way, for so long at the most."""
        if self._busy:
            self._none_is_busy = Event()
            self._none_is_busy.wait(seconds)

    def end(self) -> None:
        """Interrupt what is under way with GreenletExit, and let all hands go."""
        gevent.killall([*self._busy, *self._free])

    def _serve(self, job: Job) -> None:
        hand: Any = gevent.getcurrent()
        try:
            while True:
                job.do()
                self._busy.discard(hand)
                self._free.append(hand)
                self._tell()
                job = self._hub.switch()
        finally:
            self._busy.discard(hand)
            self._tell()

    def _tell(self) -> None:
        if self._none_is_busy is not None and not self._busy:
            self._none_is_busy.set()
