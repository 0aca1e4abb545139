"""The seam between the three calls and the network: one method, and every way it can fail.

TransportError
├── NotSent              no byte of the request left: provably without effect, a FAIL
│   ├── Refused
│   ├── Unresolved
│   ├── Unreachable
│   ├── ConnectTimeout
│   ├── TlsFailed
│   ├── NoSocket
│   ├── Ended
│   └── ProxyRefused
└── MaybeSent            some or all of it may have arrived: it may take effect at any time, or never; an INFO
    ├── TimedOut
    ├── Reset
    ├── CutOff
    ├── TooLarge
    └── Malformed
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, Final, NamedTuple, Protocol

from simulator.client.head import lines_of
from simulator.client.outcome import Fault, Outcome


class Request(NamedTuple):
    """One HTTP request, apart from what only a transport knows (Host, the path's prefix, the framing).

    `headers` are complete lines, each ended by CRLF: they are prepared once and sent many times.
    The repr shows neither headers nor body, since both carry secrets.
    """

    path: str
    headers: bytes
    body: bytes
    method: str = "POST"

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.path}, {len(self.body)} bytes>"


class Response(NamedTuple):
    """One HTTP answer. The body is whole and has no coding left on it."""

    status: int
    head: Mapping[bytes, bytes] | bytes  # its lines, names in lower case; or what it is read from
    body: bytes
    done: int = 0  # monotonic ns: when the last of it had been parsed; 0: nobody looked
    sent: int = 0  # monotonic ns: before the first byte of its request left; 0: when it was asked

    @property
    def headers(self) -> Mapping[bytes, bytes]:
        """The head's lines, names in lower case; read when asked for."""
        return lines_of(self.head) if isinstance(self.head, bytes) else self.head

    def __eq__(self, other: object) -> bool:
        """Whether the server said the same, whenever that was."""
        if not isinstance(other, Response):
            return False
        return (self.status, self.headers, self.body) == (other.status, other.headers, other.body)

    def __ne__(self, other: object) -> bool:
        """The opposite; a tuple has one of its own."""
        return not self == other

    def __hash__(self) -> int:
        """As equality has it."""
        return hash((self.status, self.body))


# Half of what calling a NamedTuple costs, for those that every operation makes; all their fields, in a tuple.
make_request: Final[Callable[[tuple[Any, ...]], Request]] = partial(tuple.__new__, Request)
make_response: Final[Callable[[tuple[Any, ...]], Response]] = partial(tuple.__new__, Response)


class Transport(Protocol):
    """What carries a request to the server and its answer back, once.

    An implementation never sends anything twice, and never follows a redirect.
    """

    def send(self, request: Request) -> Response:
        """Send the request once and return the whole answer. Raises NotSent or MaybeSent."""


class TransportError(Exception):
    """No answer. The message says what happened at which host, never what was sent."""

    outcome: ClassVar[Outcome]
    fault: ClassVar[Fault]


class NotSent(TransportError):  # noqa: N818 - the leaves are named for what happened, as the journal is
    """No byte of the request left this machine."""

    outcome = Outcome.FAIL
    fault = Fault.UNREACHABLE


class Refused(NotSent):
    """Nobody listens there."""

    fault = Fault.REFUSED


class Unresolved(NotSent):
    """The host's name has no address."""

    fault = Fault.UNRESOLVED


class Unreachable(NotSent):
    """The connection could not be opened for another reason, such as no route."""

    fault = Fault.UNREACHABLE


class ConnectTimeout(NotSent):
    """Name, connection and TLS handshake together took too long."""

    fault = Fault.CONNECT_TIMEOUT


class TlsFailed(NotSent):
    """The handshake failed, most often because the certificate was not trusted."""

    fault = Fault.TLS


class NoSocket(NotSent):
    """This machine is out of file descriptors, ports or buffers."""

    fault = Fault.NO_SOCKET


class Ended(NotSent):
    """The server ended the connection, or spoke unasked, before anything was sent."""

    fault = Fault.UNREACHABLE


class ProxyRefused(NotSent):
    """The proxy would not, or could not, connect to the host."""

    fault = Fault.PROXY


class MaybeSent(TransportError):  # noqa: N818 - as NotSent
    """The request, or a part of it, may have arrived."""

    outcome = Outcome.INFO
    fault = Fault.RESET


class TimedOut(MaybeSent):
    """The whole answer was not there in time, however steadily it trickled."""

    fault = Fault.TIMEOUT


class Reset(MaybeSent):
    """The connection broke while sending or receiving."""

    fault = Fault.RESET


class CutOff(MaybeSent):
    """The connection was closed in an orderly way, but too early."""

    fault = Fault.CUT_OFF


class TooLarge(MaybeSent):
    """The head or the body passed its bound."""

    fault = Fault.TOO_LARGE


class Malformed(MaybeSent):
    """What came back is not HTTP/1.1, or its coding cannot be undone."""

    fault = Fault.MALFORMED
