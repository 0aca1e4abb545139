"""Greenlets that outlive what they do: each takes on one job after another.

A greenlet of its own for every operation costs more than the operation's way to the socket and back: from Python 3.11
on each has a stack that is mapped into memory when it begins and unmapped when it ends, and touching fresh pages takes
long. Hands that are free keep theirs; the last one freed, whose stack is still in the cache, is the next.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, Final, TypeVar

import gevent
from gevent.event import Event

from locustfiles._when_idle import WhenIdle

AT_ONCE: Final = 64  # jobs that begin in one round of the event loop: it is to read what came in meanwhile
_NEXT_ROUND: Final = 0.001  # seconds; none at all would be a part of the same
LET_GO: Final = 200  # hands at once, 10 µs each

T = TypeVar("T")
_Job = tuple[Callable[[Any], object], Any]


class Crew:
    """As many hands as there were jobs at once since hands were last let go; one gevent hub's.

    Where more come than begin in a round, those under way go on first. A job that waits is a tuple; one that was begun
    has a greenlet and a connection, and where thousands of these take turns, each is out of the processor's cache when
    its turn comes: a backlog that is begun at once is never worked off.
    """

    def __init__(self) -> None:
        self._hub: Any = gevent.get_hub()
        self._when_idle = WhenIdle(self._begin)
        self._jobs: deque[_Job] = deque()  # nobody's yet, in the order in which they came
        self._is_due = False  # the event loop is to hand them out
        self._hands: set[gevent.Greenlet[..., None]] = set()
        self._free: list[gevent.Greenlet[..., None]] = []  # of these
        self._were_free: list[gevent.Greenlet[..., None]] = []  # when hands were last let go
        self._none_is_busy: Event | None = None  # once somebody waits for that

    def start(self, function: Callable[[T], object], argument: T) -> None:
        """Have a hand call the function: in the event loop's next round, or in their order where many wait.

        With one argument, since CPython would call it with more of them, given by `*`, on the C stack: greenlets save
        and restore that whenever they switch.
        """
        self._jobs.append((function, argument))
        if not self._is_due:
            self._is_due = True
            self._hub.loop.run_callback(self._begin)

    def wait(self, seconds: float) -> None:
        """Wait until no job is under way, for so long at the most."""
        if self._is_busy():
            self._none_is_busy = Event()
            self._none_is_busy.wait(seconds)

    def settle(self, seconds: float) -> None:
        """As `wait`, and until the round of the event loop is over in which the last job ended.

        What is done next and takes long would be of that round, and its answers seem to have waited for it.
        """
        self.wait(seconds)
        gevent.sleep(_NEXT_ROUND)

    def let_go(self) -> None:
        """End hands that had nothing to do since the last call: a peak's would take their memory for ever.

        Those at the bottom are the last to be taken, so they are where they were, as some of the others may be, but for
        one that stays; some at a time, for each takes a moment.
        """
        idle = 0
        for hand, before in zip(self._free[:-1][:LET_GO], self._were_free, strict=False):
            if hand is not before:
                break
            idle += 1
        gone, self._free[:idle] = self._free[:idle], []
        self._hands.difference_update(gone)
        self._were_free = self._free.copy()
        gevent.killall(gone, block=False)

    def end(self) -> list[Any]:
        """Interrupt what is under way with GreenletExit, let all hands go; the arguments of jobs that never begin."""
        left = [argument for _, argument in self._jobs]
        self._jobs.clear()
        gevent.killall(list(self._hands))
        return left

    def _begin(self) -> None:
        """Hand jobs out; only the event loop calls this, since nobody else may switch to a greenlet and come back."""
        jobs, free = self._jobs, self._free
        for _ in range(AT_ONCE):
            if not jobs:
                break
            job = jobs.popleft()
            if free:
                free.pop().switch(job)
            else:
                hand = gevent.Greenlet(self._serve, job)
                self._hands.add(hand)
                hand.switch()  # at once: `start` would have it begin behind jobs that come later
        self._is_due = bool(jobs)
        if not self._is_due:
            self._when_idle.stop()
            return
        self._when_idle.start()

    def _serve(self, job: _Job) -> None:
        hand: Any = gevent.getcurrent()
        free, switch = self._free, self._hub.switch
        try:
            while True:
                function, argument = job
                function(argument)
                free.append(hand)
                if self._none_is_busy is not None:
                    self._tell()
                job = switch()
        finally:
            if hand in self._hands:  # not let go
                self._hands.discard(hand)
                if hand in free:
                    free.remove(hand)
            self._tell()

    def _is_busy(self) -> bool:
        return bool(self._jobs) or len(self._free) < len(self._hands)

    def _tell(self) -> None:
        if self._none_is_busy is not None and not self._is_busy():
            self._none_is_busy.set()
