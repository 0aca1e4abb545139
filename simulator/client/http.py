import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

import gevent

from simulator.client.connection import Connection
from simulator.client.dialing import Dialer, tls_context
from simulator.client.origin import Origin
from simulator.client.pool import Pool
from simulator.client.proxy import Proxy
from simulator.client.timeouts import Timeouts
from simulator.client.transport import Ended, Request, Response
from simulator.client.turn import Turn
from simulator.remembered import Remembered

# Below the 5 s after which Node closes an idle connection: we rather open a new one than race with that.
MAX_IDLE_SECONDS: Final = 4.0
# How a head ends, by the size of the body. To join pieces takes half as long as to format them.
_FRAMES: Final = Remembered[int, bytes](lambda size: b"Content-Length: %d\r\n\r\n" % size)
_MOST_LINES: Final = 64  # the calls' own; paths with a number in them are as many as there are numbers


class HttpTransport:
    """Carries requests to one server over HTTP/1.1 keep-alive connections, each request once.

    Greenlets share it; it belongs to one gevent hub, and must be made after a fork. It needs no monkey-patching.
    A greenlet killed in the middle of a request takes its connection with it: nobody else ever reads its answer.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeouts: Timeouts | None = None,
        ca_file: str | None = None,
        verify: bool = True,
        proxy: str | None = None,
        max_idle_age: float = MAX_IDLE_SECONDS,
        files: int = sys.maxsize,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare to talk to `base_url`; the first connection is opened by the first request.

        With https the server's certificate must be trusted: by the system's authorities, or by those in `ca_file`
        (PEM). `proxy` is the URL of an HTTP proxy. `max_idle_age` is in seconds of `clock`. No socket has a
        descriptor from `files` on, as `raise_limit` gives it. Raises UsageError for a URL or file that cannot be used.
        """
        origin = Origin.parse(base_url)
        timeouts = timeouts or Timeouts()
        context = tls_context(ca_file=ca_file, verify=verify) if origin.secure else None
        self._origin = origin
        self._timeouts = timeouts
        via = Proxy.parse(proxy) if proxy else None
        self._dialer = Dialer(origin, context, timeouts=timeouts, clock=clock, proxy=via, files=files)
        self._pool = Pool(max_idle_age=max_idle_age, clock=clock)
        self._turn: Turn | None = None  # of the hub that it is used in
        self._lines = Remembered(self._line, _MOST_LINES)  # (method, path) → first line of a request, and the Host
        # A proxy of plain http is asked for whole URLs, and is told who we are by every request.
        plain = via if not origin.secure else None
        self._target = f"http://{origin.authority}{origin.prefix}" if plain else origin.prefix
        self._host = f" HTTP/1.1\r\nHost: {origin.authority}\r\n{plain.authorization.decode() if plain else ''}"

    def __repr__(self) -> str:
        return f"<HttpTransport {self._origin}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def send(self, request: Request) -> Response:
        """Send the request once and return the whole answer. Raises a leaf of NotSent or MaybeSent."""
        connection = self._pool.take()
        if connection is None:
            return self._over_new(request)
        path, headers, body, method = request
        try:
            response = connection.exchange(b"".join((self._lines[method, path], headers, _FRAMES[len(body)], body)))
        except Ended:  # nothing was sent
            connection.close()
            return self._over_new(request)
        except BaseException:  # a kill or somebody's time-out too: an answer may still be on its way
            connection.close()
            raise
        self._pool.put(connection)
        return response

    def send_anew(self, request: Request) -> Response:
        """As `send`, by a new connection: a phone that has changed networks finds the one that it kept closed."""
        self._close_kept()
        return self._over_new(request)

    def abandon(self, request: Request, *, part: float, linger: float, anew: bool) -> None:
        """Send `part` of the request (0 to 1; at least a byte), close after `linger` seconds, and read no answer.

        Less than 1 is never the whole. `anew`: as `send_anew`. Raises as `send` does; otherwise what became of the
        request is not known.
        """
        data = self._encoded(request)
        size = len(data) if part >= 1 else min(max(int(len(data) * part), 1), len(data) - 1)
        if anew:
            self._close_kept()
        connection = (None if anew else self._pool.take()) or self._new()
        try:
            connection.write(data[:size])
            gevent.sleep(linger)
        finally:
            connection.close()

    def _close_kept(self) -> None:
        kept = self._pool.take()
        if kept is not None:
            kept.close()

    def _over_new(self, request: Request) -> Response:
        connection = self._new()
        try:
            response = connection.exchange(self._encoded(request))
        except BaseException:  # as in `send`
            connection.close()
            raise
        self._pool.put(connection)
        return response._replace(sent=0)  # opening the connection is a part of what the call takes

    def close(self) -> None:
        """Close the idle connections now, and those in use when they come back."""
        self._pool.close()

    def _new(self) -> Connection:
        self._turn = self._turn or Turn()
        return Connection(self._dialer.dial(), self._timeouts, self._turn, in_records=self._origin.secure)

    def _encoded(self, request: Request) -> bytes:
        path, headers, body, method = request
        return b"".join((self._lines[method, path], headers, _FRAMES[len(body)], body))

    def _line(self, call: tuple[str, str]) -> bytes:
        method, path = call
        return f"{method} {self._target}{path}{self._host}".encode("ascii")
