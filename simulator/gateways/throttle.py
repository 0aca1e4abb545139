"""How many pushes a provider takes for one device before it says that they are too many."""

import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

WINDOW: Final = 60.0  # seconds: Google counts messages to a device by the minute; Apple does not say
_DEVICES: Final = 100_000  # whose counts are kept, the latest met


class Throttle:
    """Takes `most` pushes for a device in the minute that begins with the first of them; 0 takes any number.

    `clock` gives seconds.
    """

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self._most = most
        self._clock = clock
        self._counts: OrderedDict[int, tuple[float, int]] = OrderedDict()  # by register: when it began, how many

    def wait(self, register: int) -> int:
        """Whole seconds until a push for this register would be taken; 0 takes it, and counts it."""
        if not self._most:
            return 0
        now = self._clock()
        began, count = self._counts.get(register, (now, 0))
        if now - began >= WINDOW:
            began, count = now, 0
        if count >= self._most:
            return max(1, math.ceil(began + WINDOW - now))
        self._counts[register] = began, count + 1
        self._counts.move_to_end(register)
        if len(self._counts) > _DEVICES:
            self._counts.popitem(last=False)
        return 0
