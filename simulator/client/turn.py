"""A round of the event loop, by what is done in it: all that came is read, then acted on, and then requests are sent.

Every answer is read and dated before anybody acts on one: when a server that stood still answers hundreds at once, the
last of them would otherwise seem to have taken as long as all that the others' greenlets do.

Requests go out together: a system call drives the interpreter out of the processor's cache, and to get back in takes it
as long as to make a request. What is held is held up by those made after it, and so for a millisecond at the most, and
by what those who go on do besides.
"""

from collections.abc import Callable
from typing import Any, Final

import gevent

MOST: Final = 64  # who go on in one round: others' answers come in meanwhile, and are to be dated
OF_MORE: Final = 8  # who do where more are ready: then answers come in by the hundred
_ROOM: Final = 64 * 1024  # bytes
LONGEST_HELD: Final = 0.001  # seconds, beyond what making one request takes


class Turn:
    """One gevent hub's."""

    def __init__(self) -> None:
        # Where what comes is read into: memory for each answer, mostly too much, would be out of the processor's cache.
        self.room = memoryview(bytearray(_ROOM))
        self._run_callback: Callable[..., Any] = gevent.get_hub().loop.run_callback
        self._next_round: Any = gevent.get_hub().loop.timer(0.0)
        self._ready: list[Callable[[], None]] = []
        self._held: list[Callable[[], None]] = []
        self._since = 0.0  # when the first of these was held
        self._ends = False  # the event loop is to send what is held then

    def add(self, go_on: Callable[[], None]) -> None:
        """Call this once everything was read that can be read now."""
        if not self._ready:
            self._run_callback(self._take)
        self._ready.append(go_on)

    def hold(self, send: Callable[[], None], now: float) -> None:
        """Call this once nobody is left who goes on in this round, or too long after `now` (seconds, monotonic).

        It is called wherever that is noticed, so it must not switch.
        """
        held = self._held
        if not held:
            self._since = now
        held.append(send)
        if not self._ends:
            self._ends = True
            self._run_callback(self._end)  # behind all that are to run in this round
        elif now - self._since > LONGEST_HELD:
            self._send()

    def _take(self) -> None:
        ready, self._ready = self._ready, []
        if len(ready) > MOST:
            ready, self._ready = ready[:OF_MORE], ready[OF_MORE:]
            # Not a callback, of which the event loop runs fifty before it looks at the clock.
            self._next_round.start(self._take)
        for go_on in ready:
            go_on()

    def _end(self) -> None:
        self._ends = False
        self._send()

    def _send(self) -> None:
        held, self._held = self._held, []
        for send in held:
            send()
