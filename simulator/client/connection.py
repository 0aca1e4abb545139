"""One keep-alive connection: a request goes out, one answer is parsed off it.

The format is HTTP/1.1 (RFC 9112), parsed by llhttp through httptools. An answer's end is found as section 6.3 has it:
by Content-Length, by chunks, or by the connection's end when the head names neither.
"""

import ssl
import time
from typing import Any, Final

import httptools
from gevent import socket

from simulator.client.coding import decoded
from simulator.client.transport import CutOff, Malformed, Reset, Response, TimedOut, TooLarge

MOST_HEAD_BYTES: Final = 64 * 1024
MOST_BODY_BYTES: Final = 4 * 1024 * 1024
_READ_BYTES: Final = 16 * 1024


class _SurplusError(Exception):
    """A second answer began where one was asked for: it stops the parser before it overwrites the first."""


class Connection:
    """A socket with its parser. Used by one greenlet at a time, from one exchange to the next.

    The `on_…` methods are the parser's callbacks.
    """

    __slots__ = (
        "_chunks",
        "_complete",
        "_headed",
        "_headers",
        "_parser",
        "_received",
        "_sock",
        "_status",
        "idle_since",
        "reusable",
    )

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._parser: Any = httptools.HttpResponseParser(self)
        self._headers: dict[bytes, bytes] = {}
        self._chunks: list[bytes] = []
        self._begin()
        self.idle_since = 0.0
        self.reusable = True  # whether another exchange may follow

    def exchange(self, data: bytes, seconds: float) -> Response:
        """Write `data` once and read the whole answer, all within `seconds`. Raises a leaf of MaybeSent.

        Afterwards, and after any exception, `reusable` says whether the connection can carry another exchange.
        """
        self.reusable = False
        self._begin()
        end = time.monotonic() + seconds
        sock = self._sock
        sock.settimeout(seconds)
        try:
            sock.sendall(data)
            while not self._complete:
                # What is left of the whole, every time: a server that trickles cannot extend it.
                left = end - time.monotonic()
                if left <= 0.0:
                    raise TimedOut(f"The answer was not complete within {seconds:g} s.")
                sock.settimeout(left)
                self._feed(sock.recv(_READ_BYTES))
        except TimeoutError:
            raise TimedOut(f"The answer was not complete within {seconds:g} s.") from None
        except ssl.SSLEOFError:
            raise CutOff(f"The connection was closed after {self._received} bytes of the answer.") from None
        except OSError as error:
            raise Reset(f"The connection broke before the answer was complete: {error.strerror or error}.") from None
        return Response(self._status, self._headers, self._body())

    def is_quiet(self) -> bool:
        """Whether an idle connection is still open and owes nothing: otherwise it must not be written to.

        Reading, rather than polling the descriptor, lets TLS digest what is its own, such as a late session ticket.
        """
        self._sock.settimeout(0.0)
        try:
            self._sock.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Close the socket, at once and for good."""
        self.reusable = False
        self._parser = None  # it holds our callbacks, and so ourselves, alive until the next garbage collection
        self._sock.close()

    def on_message_begin(self) -> None:
        """Refuse a second answer."""
        if self._complete:
            raise _SurplusError

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep one line of the head."""
        if not self._headed:  # later ones are trailers
            self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        """Note the status."""
        self._status = self._parser.get_status_code()
        self._headed = True

    def on_body(self, chunk: bytes) -> None:
        """Keep one piece of the body."""
        self._chunks.append(chunk)

    def on_message_complete(self) -> None:
        """Take the answer as whole, unless it was an interim one."""
        if 100 <= self._status < 200:  # an interim answer: the real one follows
            self._headers = {}
            self._headed = False
        else:
            self._complete = True
            self.reusable = self._parser.should_keep_alive()

    def _begin(self) -> None:
        self._status = 0
        self._headers = {}
        self._chunks = []
        self._received = 0
        self._headed = False
        self._complete = False

    def _feed(self, data: bytes) -> None:
        if not data:
            self._ended()
            return
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.reusable = False
            if not self._complete:
                raise Malformed(f"The answer was no HTTP: {error}.") from None
        if not self._complete:
            self._hold_bounds()

    def _hold_bounds(self) -> None:
        if not self._headed and self._received > MOST_HEAD_BYTES:
            raise TooLarge(f"The answer's head had no end after {MOST_HEAD_BYTES} bytes.")
        if self._received > MOST_HEAD_BYTES + MOST_BODY_BYTES:
            raise TooLarge(f"The answer had no end after {MOST_BODY_BYTES} bytes.")

    def _ended(self) -> None:
        framed = b"content-length" in self._headers or b"transfer-encoding" in self._headers
        if not self._headed or framed:
            raise CutOff(f"The connection was closed after {self._received} bytes of the answer.")
        self._complete = True

    def _body(self) -> bytes:
        body = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        coding = self._headers.get(b"content-encoding")
        return body if coding is None else decoded(body, coding, most_bytes=MOST_BODY_BYTES)
