"""What may wait until the event loop has nothing else to do: reading what came in goes before it."""

from collections.abc import Callable
from typing import Any, Final

import gevent

LONGEST: Final = 0.05  # seconds without an idle event loop, after which it is called all the same


class WhenIdle:
    """Calls `function` in every idle round of one gevent hub's event loop, from `start` until `stop`."""

    def __init__(self, function: Callable[[], object]) -> None:
        loop: Any = gevent.get_hub().loop
        self._function = function
        self._idle: Any = loop.idle()
        self._at_last: Any = loop.timer(LONGEST, LONGEST)

    def start(self) -> None:
        """Call from now on; where that is so already, the time without an idle loop counts from now."""
        self._idle.start(self._function)
        self._at_last.again(self._function, update=True)  # the whole time; `start` goes on with what is left of it

    def stop(self) -> None:
        """Call no more."""
        self._idle.stop()
        self._at_last.stop()
