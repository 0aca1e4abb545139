"""Reading one answer off a connection's bytes, wherever they are split.

The format is HTTP/1.1 (RFC 9112), parsed by llhttp through httptools. An answer's end is found as section 6.3 has it:
by Content-Length, by chunks, or by the connection's end when the head names neither.
"""

from typing import Any, Final

import httptools

from simulator.client.coding import decoded
from simulator.client.transport import CutOff, Malformed, Response, TooLarge, make_response

MOST_HEAD_BYTES: Final = 64 * 1024
MOST_BODY_BYTES: Final = 4 * 1024 * 1024

_LOWER: Final = bytes.lower
_NONE_YET: Final[dict[bytes, bytes]] = {}


class _SurplusError(Exception):
    """A second answer began where one was asked for: it stops the parser before it overwrites the first."""


class AnswerReader:
    """The answers of one connection, one after the other: `begin`, then `feed` until it says that all is there.

    The `on_…` methods are the parser's callbacks.
    """

    __slots__ = (
        *("_chunks", "_headed", "_headers", "_lines", "_parser", "_status"),
        *("complete", "done", "on_body", "on_header", "received", "reusable", "sent"),
    )

    def __init__(self) -> None:
        # Methods of our own take several times as long as these, line by line and piece by piece.
        self._lines: dict[bytes, bytes] = {}  # of the head, as they come
        self.on_header = self._lines.__setitem__
        self._chunks: list[bytes] = []  # of the body
        self.on_body = self._chunks.append
        self._parser: Any = httptools.HttpResponseParser(self)
        self._headers = _NONE_YET
        self._status = 0
        self.begin()

    def begin(self) -> None:
        """Expect an answer, after one that was whole: what is left of that one goes when this one's head begins."""
        self._headed = False
        self.received = 0  # bytes
        self.complete = False  # all of it is there
        self.sent = self.done = 0  # monotonic ns: when the request went out, and when all of the answer was seen
        self.reusable = False  # whether another answer may follow on the same connection

    def feed(self, data: bytes) -> bool:
        """Take what was received, b"" for the connection's end; whether the answer is whole now.

        Raises a leaf of MaybeSent where it can never be. Surplus after a whole answer makes it not `reusable`.
        """
        if not data:
            self._ended()
            return True
        self.received += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.reusable = False
            if not self.complete:
                raise Malformed(f"The answer was no HTTP: {error}.") from None
        if not self.complete:
            self._hold_bounds()
        return self.complete

    def response(self) -> Response:
        """Return the answer that is whole. Raises Malformed or TooLarge where its coding cannot be undone."""
        body = self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        coding = self._headers.get(b"content-encoding")
        if coding is not None:
            body = decoded(body, coding, most_bytes=MOST_BODY_BYTES)
        return make_response((self._status, self._headers, body, self.done, self.sent))

    def close(self) -> None:
        """Let go of the parser: it holds our callbacks, and so ourselves, alive until the next garbage collection."""
        self._parser = None

    def on_message_begin(self) -> None:
        """Refuse a second answer, and forget the one before."""
        if self.complete:
            raise _SurplusError
        self._lines.clear()  # of trailers, too
        self._chunks.clear()

    def on_headers_complete(self) -> None:
        """Note the head; lines that come later are trailers."""
        self._status = self._parser.get_status_code()
        self._headers = dict(zip(map(_LOWER, self._lines), self._lines.values(), strict=True))
        self._headed = True

    def on_message_complete(self) -> None:
        """Take the answer as whole, unless it was an interim one."""
        if 100 <= self._status < 200:  # an interim answer: the real one follows
            self._headed = False
        else:
            self.complete = True
            self.reusable = self._parser.should_keep_alive()

    def _hold_bounds(self) -> None:
        if not self._headed and self.received > MOST_HEAD_BYTES:
            raise TooLarge(f"The answer's head had no end after {MOST_HEAD_BYTES} bytes.")
        if self.received > MOST_HEAD_BYTES + MOST_BODY_BYTES:
            raise TooLarge(f"The answer had no end after {MOST_BODY_BYTES} bytes.")

    def _ended(self) -> None:
        framed = b"content-length" in self._headers or b"transfer-encoding" in self._headers
        if not self._headed or framed:
            raise CutOff(f"The connection was closed after {self.received} bytes of the answer.")
        self.complete = True
