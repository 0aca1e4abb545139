"""Watching what reaches the gateways: their control listener is asked for what is new, while somebody waits for it."""

import time
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, Self

import gevent
import numpy as np
from gevent.event import Event
from numpy.typing import NDArray

from results.journal.record import DEAD, GHOST, NO_REGISTER
from simulator.client import HttpTransport, Request, Timeouts, TransportError
from simulator.errors import CannotKnow
from simulator.gateways.delivery import DELIVERY
from simulator.gateways.reasons import number_of

PERIOD: Final = 0.05  # seconds between two looks
_PATIENCE: Final = 5_000_000_000  # ns without an answer from the listener before what it saw counts as not known
_TIMEOUTS: Final = Timeouts(connect=2.0, answer=5.0)
_FIELDS: Final = [
    *("fleet", "reason", "owner", "sent", "status", "register", "value", "origin", "received", "answered")
]
_BEYOND: Final = 2**62  # the number of a delivery that there never is: asking for it tells how many there are

# What Apple and Google say of a token that is none, or none of the app's; a backend may take it for dead.
_CONDEMNING: Final = frozenset(map(number_of, ("BadDeviceToken", "INVALID_ARGUMENT")))


class Found(NamedTuple):
    """One delivery, as it concerns one fleet; a token of another fleet is a ghost in no known register."""

    owner: int
    sent: int
    status: int
    condemned: bool  # the token is dead, or never was one, said the provider
    register: int
    value: int
    origin: int
    received: int
    answered: int

    @classmethod
    def all_of(cls, deliveries: NDArray[np.void], fleet: int) -> Iterator[Self]:
        """Each of an array of DELIVERY, for the fleet of this number."""
        for minted, reason, *fields in deliveries[_FIELDS].tolist():
            owner, sent, status, register, value, origin, received, answered = fields
            if minted != fleet:
                register, origin, value = NO_REGISTER, NO_REGISTER, min(value, GHOST)
            condemned = status in DEAD or reason in _CONDEMNING
            yield cls(owner, sent, status, condemned, register, value, origin, received, answered)


class Deliveries:
    """The deliveries at the gateways from now on, in the order in which they were journaled there.

    `take` gets each batch of them, an array of DELIVERY. Any number may wait for a look; there is one at a time.
    """

    def __init__(self, url: str, take: Callable[[NDArray[np.void]], None]) -> None:
        """Find out how many deliveries there are already; CannotKnow if nobody can tell."""
        self._transport = HttpTransport(url, timeouts=_TIMEOUTS)
        self._take = take
        self._wanted = Event()
        self._waiting = 0
        self._begun = 0  # looks
        self._done = 0
        self._looked = Event()
        self._failing_since = 0  # monotonic ns; 0: the last look went well
        self.known_until = time.monotonic_ns()  # everything that the gateways had received by then has been taken
        self.broken: str | None = None
        try:
            self._next = self._ask(_BEYOND)[1]
        except (TransportError, ValueError) as error:
            raise CannotKnow(f"the gateways at {url} cannot be asked for deliveries: {error}") from None
        self._watcher = gevent.spawn(self._watch)

    def wanted(self, by: int) -> None:
        """One more, or with -1 one less, has deliveries to wait for; looking goes on as long as somebody has."""
        self._waiting += by
        if self._waiting:
            self._wanted.set()
        else:
            self._wanted.clear()

    def look(self, seconds: float) -> bool:
        """Wait for a look that begins after this call, which must have been made `wanted`; whether there was one."""
        due, deadline = self._begun + 1, time.monotonic() + seconds
        while self._done < due and self.broken is None:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self._looked.wait(left)
        return self._done >= due

    def close(self) -> None:
        """Stop looking."""
        self._watcher.kill()
        self._transport.close()

    def _watch(self) -> None:
        while True:
            self._wanted.wait()
            began = time.monotonic_ns()
            self._begun += 1
            try:
                self._take_new()
            except (TransportError, ValueError) as error:
                self._failing_since = self._failing_since or began
                if began - self._failing_since > _PATIENCE:
                    self.broken = self.broken or f"the gateways could not be asked for deliveries ({error})"
            else:
                self.known_until, self._done, self._failing_since = began, self._begun, 0
            self._looked.set()
            self._looked.clear()
            gevent.sleep(PERIOD)

    def _take_new(self) -> None:
        total = self._next + 1
        while self._next < total:
            found, total = self._ask(self._next)
            if not len(found):
                return
            self._next += len(found)
            self._take(found)

    def _ask(self, after: int) -> tuple[NDArray[np.void], int]:
        """The deliveries from number `after` on, or the first of them, and how many there are in all."""
        response = self._transport.send(Request(f"/deliveries?after={after}", b"", b"", method="GET"))
        if response.status != 200:
            raise ValueError(f"it answered with status {response.status}")
        return np.frombuffer(response.body, DELIVERY), int(response.headers[b"x-total"])
