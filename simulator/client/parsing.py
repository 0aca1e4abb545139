"""Reading one answer off a connection's bytes, wherever they are split.

The format is HTTP/1.1 (RFC 9112), parsed by llhttp through httptools. An answer's end is found as section 6.3 has it:
by Content-Length, by chunks, or by the connection's end when the head names neither.
"""

from typing import Any, Final

import httptools

from simulator.client.coding import decoded
from simulator.client.head import lines_of
from simulator.client.transport import CutOff, Malformed, Response, TooLarge, make_response

MOST_HEAD_BYTES: Final = 64 * 1024
MOST_BODY_BYTES: Final = 4 * 1024 * 1024

_ONE: Final = [None]
_FRAMING: Final = {b"content-length", b"transfer-encoding"}
_CODED: Final = b"content-encoding"


class AnswerReader:
    """The answers of one connection, one after the other: `begin`, then `feed` until it says that all is there.

    The `on_…` methods are the parser's callbacks.
    """

    __slots__ = (
        *("_chunks", "_expected", "_headed", "_interim", "_parser", "_said", "_status"),
        *("complete", "done", "on_body", "on_message_begin", "received", "reusable", "sent"),
    )

    def __init__(self) -> None:
        # Methods of our own take several times as long as these.
        self._chunks: list[bytes] = []  # of the body
        self.on_body = self._chunks.append
        # A second answer where one was asked for finds nothing to take away: that stops the parser before it overwrites
        # the first.
        self._expected: list[None] = []
        self.on_message_begin = self._expected.pop
        self._said: list[bytes] = []  # all that the head is in
        self._parser: Any = httptools.HttpResponseParser(self)
        self._status = 0
        self.begin()

    def begin(self) -> None:
        """Expect an answer, after one that was whole."""
        self._chunks.clear()
        self._said.clear()
        self._expected[:] = _ONE
        self._headed = False
        self._interim = 0
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
        if not self._headed:
            self._said.append(data)
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
        chunks, said = self._chunks, self._said
        body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        head: Any = said[0] if len(said) == 1 else b"".join(said)
        if self._interim or _CODED in head.lower():
            head = self._lines()
            coding = head.get(_CODED)
            if coding is not None:
                body = decoded(body, coding, most_bytes=MOST_BODY_BYTES)
        return make_response((self._status, head, body, self.done, self.sent))

    def close(self) -> None:
        """Let go of the parser: it holds our callbacks, and so ourselves, alive until the next garbage collection."""
        self._parser = None

    def on_headers_complete(self) -> None:
        """Note that the head is there."""
        self._status = self._parser.get_status_code()
        self._headed = True

    def on_message_complete(self) -> None:
        """Take the answer as whole, unless it was an interim one."""
        if 100 <= self._status < 200:  # the real one follows
            self._headed = False
            self._interim += 1
            self._expected.append(None)
        else:
            self.complete = True
            self.reusable = self._parser.should_keep_alive()

    def _hold_bounds(self) -> None:
        if not self._headed and self.received > MOST_HEAD_BYTES:
            raise TooLarge(f"The answer's head had no end after {MOST_HEAD_BYTES} bytes.")
        if self.received > MOST_HEAD_BYTES + MOST_BODY_BYTES:
            raise TooLarge(f"The answer had no end after {MOST_BODY_BYTES} bytes.")

    def _ended(self) -> None:
        if not self._headed or self._lines().keys() & _FRAMING:
            raise CutOff(f"The connection was closed after {self.received} bytes of the answer.")
        self.complete = True

    def _lines(self) -> dict[bytes, bytes]:
        return lines_of(b"".join(self._said), self._interim)
