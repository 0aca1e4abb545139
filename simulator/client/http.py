import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from simulator.client.connection import Connection
from simulator.client.dialing import Dialer, tls_context
from simulator.client.origin import Origin
from simulator.client.pool import Pool
from simulator.client.transport import Request, Response
from simulator.errors import UsageError

# Below the 5 s after which Node closes an idle connection: we rather open a new one than race with that.
MAX_IDLE_SECONDS: Final = 4.0


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds for opening a connection (name, TCP and TLS together) and for a whole answer, from the first byte out."""

    connect: float = 10.0
    answer: float = 30.0

    def __post_init__(self) -> None:
        for name in ("connect", "answer"):
            if not getattr(self, name) > 0.0:
                raise UsageError(f"The {name} time-out is {getattr(self, name)} s. Give more than 0.")


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
        max_idle_age: float = MAX_IDLE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare to talk to `base_url`; the first connection is opened by the first request.

        With https the server's certificate must be trusted: by the system's authorities, or by those in `ca_file`
        (PEM). `max_idle_age` in seconds of `clock`. Raises UsageError for a URL or file that cannot be used.
        """
        origin = Origin.parse(base_url)
        timeouts = timeouts or Timeouts()
        context = tls_context(ca_file=ca_file, verify=verify) if origin.secure else None
        self._origin = origin
        self._answer_seconds = timeouts.answer
        self._dialer = Dialer(origin, context, seconds=timeouts.connect, clock=clock)
        self._pool = Pool(max_idle_age=max_idle_age, clock=clock)
        self._host = f" HTTP/1.1\r\nHost: {origin.authority}\r\n"

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
        data = self._encoded(request)
        connection = self._pool.take() or Connection(self._dialer.dial())
        try:
            response = connection.exchange(data, self._answer_seconds)
        except BaseException:  # a kill or somebody's time-out too: an answer may still be on its way
            connection.close()
            raise
        self._pool.put(connection)
        return response

    def close(self) -> None:
        """Close the idle connections now, and those in use when they come back."""
        self._pool.close()

    def _encoded(self, request: Request) -> bytes:
        line = f"{request.method} {self._origin.prefix}{request.path}{self._host}".encode("ascii")
        return b"%b%bContent-Length: %d\r\n\r\n%b" % (line, request.headers, len(request.body), request.body)
