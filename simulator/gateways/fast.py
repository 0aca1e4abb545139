"""The fast front end: granian, HTTP/1.1 and HTTP/2 over TLS.

One embedded granian server for each listener, all of them on our event loop. Everything from the request's last byte
to its answer happens in one go of that loop, so whoever asks the control listener misses nothing received before.
"""

import logging
import time
from typing import Final, Protocol

from granian._granian import RSGIProtocolClosed as ProtocolClosed
from granian._granian import RSGIProtocolError as ProtocolError

from simulator.errors import CannotKnow
from simulator.gateways.control import Control
from simulator.gateways.journal import Journal
from simulator.gateways.request import Answer, Headers, Judge, Judged, Request

log = logging.getLogger(__name__)

FAILED: Final = Answer(500)


class Scope(Protocol):
    """What RSGI says of a request; header names are in lower case, and `path` is without the query."""

    method: str
    path: str
    query_string: str
    headers: Headers
    client: str


class Channel(Protocol):
    """RSGI's protocol object: the request's body, and where the answer goes."""

    async def __call__(self) -> bytes:
        """The whole body; raises if the client went away in the middle of it."""
        ...

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Send an answer with a body."""
        ...

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Send an answer that is headers alone."""
        ...


class FastFront:
    """An RSGI application around one provider's judge."""

    def __init__(self, judge: Judge, journal: Journal) -> None:
        self._judge = judge
        self._append = journal.append

    async def __rsgi__(self, scope: Scope, channel: Channel) -> None:
        """Answer one request."""
        try:
            body = await channel()
        except (ProtocolClosed, ProtocolError):
            return  # the client went away in the middle of its request
        received = time.monotonic_ns()
        answer, delivery = judged(self._judge, Request(scope.method, scope.path, scope.headers, body, scope.client))
        if delivery is not None:
            self._append(delivery, received, time.monotonic_ns())
        if answer.body:
            channel.response_bytes(answer.status, list(answer.headers), answer.body)
        else:
            # An empty DATA frame instead would kill aioapns.
            channel.response_empty(answer.status, list(answer.headers))


class ControlFront:
    """An RSGI application around the control listener."""

    def __init__(self, control: Control) -> None:
        self._control = control

    async def __rsgi__(self, scope: Scope, channel: Channel) -> None:
        """Answer one request."""
        try:
            answer = self._control.answer(scope.method, scope.path, scope.query_string)
        except CannotKnow as error:  # and the gateways are about to end, as they soon find it out themselves
            answer = Answer(503, (), f"{error}\n".encode())
        channel.response_bytes(answer.status, list(answer.headers), answer.body)


def judged(judge: Judge, request: Request) -> Judged:
    """What the judge makes of a request; a judge that fails, as none should, is a 500 and told in the log."""
    try:
        return judge.judge(request)
    except Exception:
        log.exception("a judge failed over a %s", request.method)
        return Judged(FAILED, None)
