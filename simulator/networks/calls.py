"""The API client of a phone on a simulated network.

What the network adds is waited before the first byte leaves and after the answer was parsed. `Answer.sent` and
`Answer.done` lie between the two: they tell the server's time, as they do without a network.
"""

from collections.abc import Callable
from copy import copy
from typing import Final, Self

import gevent

from simulator.client import (
    NO_RC,
    NO_ROWS,
    NO_STATUS,
    OURS,
    Answer,
    Call,
    Client,
    Fault,
    HttpTransport,
    Outcome,
    Refusal,
    Request,
    TransportError,
    judged,
)
from simulator.networks.life import End, Fate, Life
from simulator.networks.traffic import Traffic

_NS: Final = 1e9  # in a second


class Carried(Answer):
    """An answer over a network, which held the request up for `up` ns: nobody's fault but the network's."""

    up: int = 0


class NetworkClient(Client):
    """A Client of which `of` makes one for every life; they share connections, and count what networks do."""

    def __init__(
        self,
        transport: HttpTransport,
        *,
        client_key: str,
        head: bytes = OURS,
        sleep: Callable[[float], None] = gevent.sleep,
    ) -> None:
        """Speak over `transport`; `sleep` waits for so many seconds, the others are Client's. Raises as Client does."""
        super().__init__(transport, client_key=client_key, head=head)
        self._http = transport
        self._sleep = sleep
        self._life: Life | None = None
        self.traffic = Traffic()

    def of(self, life: Life) -> Self:
        """The client of one life."""
        one = copy(self)
        one._life = life  # noqa: SLF001 - of our own class
        return one

    def _sent(self, call: Call, request: Request, expect: Refusal | None) -> Answer:
        if self._life is None:
            return super()._sent(call, request, expect)
        fate = self._life.fate()
        use = self.traffic.begin(fate)
        called = self._clock()
        self._sleep(fate.up)
        if fate.end is End.LOST:
            self.traffic.end(use, fate)
            # Nothing was opened, let alone written. It took no time of the server's: `done` is when it was due.
            return Answer(Outcome.FAIL, Fault.NETWORK, NO_STATUS, NO_RC, NO_ROWS, called, called)
        sent = self._clock()
        carried = self._over(fate, call, request, expect, sent)
        self.traffic.end(use, fate)
        answer = Carried(*carried)
        # Where the event loop was late to wake us, that is the generator's delay, and shows as its send lag.
        answer.up = min(round(fate.up * _NS), sent - called)
        if fate.end is End.ANSWERED:
            self._sleep(fate.down)
        return answer

    def _over(self, fate: Fate, call: Call, request: Request, expect: Refusal | None, sent: int) -> Answer:
        """Send what the fate lets through, at `sent`."""
        http = self._http
        try:
            if fate.end is not End.ANSWERED:
                http.abandon(request, part=fate.part, linger=fate.down, anew=fate.handed_over)
                return Answer(Outcome.INFO, Fault.NETWORK, NO_STATUS, NO_RC, NO_ROWS, sent, self._clock())
            response = http.send_anew(request) if fate.handed_over else http.send(request)
        except TransportError as error:
            return Answer(error.outcome, error.fault, NO_STATUS, NO_RC, NO_ROWS, sent, self._clock())
        outcome, fault, rc, rows, wait = judged(call, response, expect)
        sent, done = response.sent or sent, response.done or self._clock()
        return Answer(outcome, fault, response.status, rc, rows, sent, done, wait)
