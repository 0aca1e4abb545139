"""A new version reaches the fleet: every device of a worker's registers a new token, once, whoever else arrives.

Each device has its moment on a curve that rises fast and has a long tail. One whose person lives another scenario just
then takes its turn when that is over, and one for which there is no room (--max-in-flight) waits for its turn, late.
"""

import time
from collections.abc import Callable
from random import Random
from typing import Any, Final

import gevent
import numpy as np
from numpy.typing import NDArray

# When devices update after a release, as shares of the time it takes: an assumption. Phones look for updates at moments
# of their own, and are told of one within minutes; then fewer and fewer are left. It is the density x * exp(-x / 0.12).
_PEAK: Final = 0.12
_FINE: Final = 20_000  # steps of the table that turns shares of the fleet into moments
_LOOK: Final = 0.005  # seconds between looks at those who have to wait
_S: Final = 1_000_000_000  # ns

SCENARIO: Final = "app_update"  # what each of them lives


def spread(share: float) -> float:
    """The share of the fleet that has updated after a share of the time; both from 0 to 1."""
    found: float = _spread(np.clip([share], 0.0, 1.0))[0]
    return float(found)


def _spread(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    scaled = shares / _PEAK
    whole = 1 - (1 + 1 / _PEAK) * np.exp(-1 / _PEAK)
    found: NDArray[np.float64] = (1 - (1 + scaled) * np.exp(-scaled)) / whole
    return found


def moments(devices: int, seconds: float, rng: Random) -> NDArray[np.int64]:
    """When each of so many devices updates, ascending, in ns since the release; each at random in its own share."""
    grid = np.linspace(0.0, 1.0, _FINE)
    shares = (np.arange(devices) + [rng.random() for _ in range(devices)]) / devices
    found: NDArray[np.int64] = (np.interp(shares, _spread(grid), grid) * seconds * _S).astype(np.int64)
    return found


class Release:
    """Has `update(device, due)` called for each of the devices, until it says True for it, and then never again.

    `has_room` tells whether anybody at all may begin. The devices come in an order drawn from `rng`.
    """

    def __init__(
        self,
        devices: NDArray[np.uint32],
        began: int,
        seconds: float,
        rng: Random,
        *,
        update: Callable[[int, int], bool],
        has_room: Callable[[], bool],
    ) -> None:
        self.devices = len(devices)
        order = devices.tolist()
        rng.shuffle(order)
        self._dues = (moments(len(order), seconds, rng) + began).tolist()
        self._order: list[int] = order
        self._next = 0  # of the order
        self._busy: list[int] = []  # devices whose moment was, and whose person had something else to do
        self._update = update
        self._has_room = has_room
        self._running: gevent.Greenlet[..., Any] = gevent.spawn(self._run)

    @property
    def reached(self) -> int:
        """How many devices have had their turn."""
        return self._next - len(self._busy)

    def close(self) -> None:
        """Nobody has their turn any more."""
        self._running.kill()

    def _run(self) -> None:
        while self._next < len(self._order) or self._busy:
            self.look(time.monotonic_ns())
            gevent.sleep(self.pause(time.monotonic_ns()))

    def pause(self, now: int) -> float:
        """Seconds until it is worth looking again; who waits for somebody else is looked after every now and then."""
        ahead = (self._dues[self._next] - now) / _S if self._next < len(self._order) else _LOOK
        if ahead <= 0:  # there was no room
            return _LOOK
        return min(ahead, _LOOK) if self._busy else ahead

    def look(self, now: int) -> None:
        """Give everybody their turn who is due by `now`, monotonic ns."""
        # Whoever was busy with something else is due when that is over: nobody waits for it.
        self._busy = [device for device in self._busy if not (self._has_room() and self._update(device, now))]
        while self._next < len(self._order) and self._dues[self._next] <= now and self._has_room():
            device = self._order[self._next]
            if not self._update(device, self._dues[self._next]):
                self._busy.append(device)
            self._next += 1
