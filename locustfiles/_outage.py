"""The target goes away, and comes back: the embedded backend killed, and started again when the shape says so."""

import gevent
from gevent.lock import BoundedSemaphore

from simulator.backend import Embedded
from simulator.errors import PushfleetError


class Outage:
    """One outage of a backend: `wait`, `go`, `come_back`; for the first and the last of these a load waits."""

    def __init__(self, backend: Embedded) -> None:
        self.is_away = False
        self.came = 0  # how often it went
        self.failure = ""  # a sentence, if it could not be started again
        self._backend = backend
        self._turn = BoundedSemaphore(1)
        backend.stand_by()  # what it takes to come back at once is loaded by then

    def wait(self) -> None:
        """Until what stands by has loaded everything."""
        self._backend.wait_for_successors()

    def go(self) -> None:
        """Kill it, as a power cut does; one that has died by itself stays dead, and is told of as such."""
        if self._backend.alive():
            self._backend.kill()
            self.is_away = True
            self.came += 1

    def come_back(self) -> None:
        """Serve again, over the same store. Whoever comes second waits, and finds nothing left to do."""
        # In a greenlet of its own: Locust kills the one that follows the shape when somebody stops the load.
        gevent.spawn(self._start_again).join()

    def _start_again(self) -> None:
        with self._turn:
            if not self.is_away:
                return
            self.is_away = False
            try:
                self._backend.start_again()
            except PushfleetError as error:
                self.failure = f"The embedded backend could not be started again after its outage: {error}"
