"""How often a platform may use its API key: so many calls a minute, and no more, whoever makes them here."""

from collections.abc import Callable
from typing import Final

DOCUMENTED: Final = 1000  # calls a minute
_BULK: Final = 0.4  # the share of a minute's calls that may come at once
_MINUTE: Final = 60e9  # ns


class Pace:
    """A bucket that holds a bulk of calls and fills up slowly: in no minute can there be more than the limit.

    Nobody waits for it: who may not call leaves it for another time. `clock` gives ns.
    """

    def __init__(self, a_minute: float, clock: Callable[[], int]) -> None:
        self._most = a_minute * _BULK
        self._per_ns = (a_minute - self._most) / _MINUTE
        self._clock = clock
        self._left = self._most
        self._counted = clock()

    def take(self) -> bool:
        """Whether there may be a call now; if so, it is counted."""
        now = self._clock()
        if now > self._counted:
            self._left = min(self._most, self._left + (now - self._counted) * self._per_ns)
            self._counted = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def pause(self, seconds: float) -> None:
        """There may be no call for so long, for the server has said so; then the bucket is empty."""
        self._left, self._counted = 0.0, self._clock() + round(seconds * 1e9)
