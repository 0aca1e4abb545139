"""Who goes on in this round of the event loop: every answer is read and dated before anybody acts on one.

When a server that stood still answers hundreds at once, the last of them would otherwise seem to have taken as long as
all that the others' greenlets do.
"""

from collections.abc import Callable
from typing import Any

import gevent


class Turn:
    """One gevent hub's."""

    def __init__(self) -> None:
        self._loop: Any = gevent.get_hub().loop
        self._ready: list[Callable[[], None]] = []

    def add(self, go_on: Callable[[], None]) -> None:
        """Call this once everything was read that can be read now."""
        if not self._ready:
            self._loop.run_callback(self._take)
        self._ready.append(go_on)

    def _take(self) -> None:
        ready, self._ready = self._ready, []
        for go_on in ready:
            go_on()
