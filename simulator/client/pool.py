from collections import deque
from collections.abc import Callable
from typing import Final

from simulator.client.connection import Connection

# Seconds after which an idle connection is asked whether it is still open. Until then the event loop's word is taken:
# asking costs a system call, and a server that closes sooner says so in its answer.
_TRUSTED: Final = 0.05
_AT_ONCE: Final = 2  # closed by whoever brings one back: of a peak's hundreds, each takes a moment


class Pool:
    """Idle keep-alive connections, the last one used on top: few stay warm, and those at the bottom age and go.

    One origin's, and one gevent hub's. Nothing in here waits.
    """

    def __init__(self, *, max_idle_age: float, clock: Callable[[], float]) -> None:
        """Keep connections for up to `max_idle_age` seconds of `clock`, a monotonic one, after their last use."""
        self._max_idle_age = max_idle_age
        self._clock = clock
        self._idle: deque[Connection] = deque()
        self._closed = False

    def __len__(self) -> int:
        return len(self._idle)

    def take(self) -> Connection | None:
        """Hand out a connection that can be written to, or None. Whatever died meanwhile is closed."""
        idle = self._idle
        while idle:
            connection = idle.pop()
            age = self._clock() - connection.idle_since
            if age > self._max_idle_age:  # and so are all beneath: `put` closes them
                idle.append(connection)
                return None
            if connection.quiet if age < _TRUSTED else connection.is_quiet():
                return connection
            connection.close()
        return None

    def put(self, connection: Connection) -> None:
        """Take a connection back after an exchange; close it instead if it is not reusable."""
        if not connection.reusable or self._closed:
            connection.close()
            return
        now = connection.idle_since = self._clock()
        idle = self._idle
        idle.append(connection)
        for _ in range(_AT_ONCE):
            if idle[0].idle_since >= now - self._max_idle_age:
                break
            idle.popleft().close()

    def close(self) -> None:
        """Close what is idle now, and what comes back later."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()
