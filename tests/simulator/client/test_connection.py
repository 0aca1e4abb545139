import gzip
from collections import deque
from typing import cast

import pytest
from gevent import socket

from simulator.client.connection import MOST_BODY_BYTES, MOST_HEAD_BYTES, Connection
from simulator.client.transport import CutOff, Malformed, MaybeSent, Reset, Response, TimedOut, TooLarge

OK = b'{"RC":0,"RM":"OK","result":{}}'
SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n" + OK
PACKED = gzip.compress(OK)


class ScriptedSocket:
    """Hands out the given pieces, one a read; an exception among them is raised, and their end is the connection's."""

    def __init__(self, *pieces: bytes | Exception) -> None:
        self.written: list[bytes] = []
        self._pieces = deque(pieces)

    def sendall(self, data: bytes) -> None:
        self.written.append(data)

    def recv(self, _: int) -> bytes:
        piece = self._pieces.popleft() if self._pieces else b""
        if isinstance(piece, Exception):
            raise piece
        return piece

    def settimeout(self, seconds: float) -> None:
        pass

    def close(self) -> None:
        pass


def over(*pieces: bytes | Exception) -> Connection:
    return Connection(cast("socket.socket", ScriptedSocket(*pieces)))


def exchanged(*pieces: bytes | Exception) -> tuple[Response, bool]:
    connection = over(*pieces)
    response = connection.exchange(b"request", 10.0)
    return response, connection.reusable


# wire, status, body, whether the connection can be used again
ANSWERS = {
    "sized": (SIZED, 200, OK, True),
    "no reason": (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi", 200, b"hi", True),
    "empty": (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", 500, b"", True),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, b"", True),
    "chunked": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n3;x=y\r\n yo\r\n0\r\nX-Trailer: 1\r\n\r\n",
        200,
        b"hi yo",
        True,
    ),
    "gzip": (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(PACKED), PACKED),
        200,
        OK,
        True,
    ),
    "gzip in chunks": (
        b"HTTP/1.1 200 OK\r\ncontent-encoding: GZIP\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n"
        % (len(PACKED), PACKED),
        200,
        OK,
        True,
    ),
    "told to close": (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", 200, b"hi", False),
    "http/1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, b"hi", False),
    "http/1.0 kept": (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi", 200, b"hi", True),
    "until the end": (b"HTTP/1.0 200 OK\r\n\r\n" + OK, 200, OK, False),
    "until the end, 1.1": (b"HTTP/1.1 200 OK\r\n\r\n" + OK, 200, OK, False),
    "after interim answers": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nContent-Encoding: br\r\nLink: </x>\r\n\r\n" + SIZED,
        200,
        OK,
        True,
    ),
    "redirect": (b"HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", 301, b"", True),
    "surplus": (SIZED + b"HTTP/1.1 500 Oops\r\nContent-Length: 3\r\n\r\nbad", 200, OK, False),
    "surplus garbage": (SIZED + b"garbage", 200, OK, False),
}
EACH_ANSWER = pytest.mark.parametrize(("wire", "status", "body", "reusable"), ANSWERS.values(), ids=ANSWERS)


@EACH_ANSWER
def test_an_answer_is_read_whole(wire: bytes, status: int, body: bytes, *, reusable: bool) -> None:
    response, kept = exchanged(wire)
    assert (response.status, response.body, kept) == (status, body, reusable)


@EACH_ANSWER
def test_an_answer_split_anywhere_is_the_same_answer(
    wire: bytes,
    status: int,
    body: bytes,
    *,
    reusable: bool,
) -> None:
    for cut in range(1, len(wire)):
        response, kept = exchanged(wire[:cut], wire[cut:])
        assert (response.status, response.body) == (status, body)
        # Surplus in a later piece is not read: it is found before the connection's next use.
        assert kept in {reusable, wire[:cut].startswith(SIZED)}
    response, _ = exchanged(*(wire[at : at + 1] for at in range(len(wire))))
    assert (response.status, response.body) == (status, body)


@pytest.mark.parametrize("name", [name for name in ANSWERS if not name.startswith("until the end")])
def test_an_answer_cut_off_anywhere_is_never_taken_for_whole(name: str) -> None:
    wire, status, body, _ = ANSWERS[name]
    # With surplus behind it an answer is whole before the last byte.
    whole = len(SIZED) if wire.startswith(SIZED) else len(wire)
    for cut in range(whole):
        with pytest.raises(CutOff):
            exchanged(wire[:cut])
    response, _ = exchanged(wire[:whole])
    assert (response.status, response.body) == (status, body)


def test_answers_follow_each_other_on_one_connection() -> None:
    connection = over(SIZED, ANSWERS["chunked"][0], ANSWERS["empty"][0])
    assert connection.exchange(b"1", 10.0).body == OK
    assert connection.exchange(b"2", 10.0) == Response(200, {b"transfer-encoding": b"chunked"}, b"hi yo")
    assert connection.exchange(b"3", 10.0) == Response(500, {b"content-length": b"0"}, b"")
    assert connection.reusable


def test_a_request_is_written_once_and_in_one_piece() -> None:
    sock = ScriptedSocket(b"HTTP/1.1 100 Continue\r\n\r\n", SIZED)
    Connection(cast("socket.socket", sock)).exchange(b"head and body", 10.0)
    assert sock.written == [b"head and body"]


def test_header_names_are_lower_case_and_trailers_are_not_headers() -> None:
    response, _ = exchanged(
        b"HTTP/1.1 429 Slow\r\nRETRY-After: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nRetry-After: 9\r\n\r\n"
    )
    assert response.headers[b"retry-after"] == b"5"


@pytest.mark.parametrize(
    ("error", "pieces"),
    [
        (CutOff, []),
        (CutOff, [b"HTTP/1.1 200 OK\r\nContent-Le"]),
        (CutOff, [SIZED[:-1]]),
        (CutOff, [b"HTTP/1.1 100 Continue\r\n\r\n"]),
        (CutOff, [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n"]),
        (Reset, [ConnectionResetError(104, "Connection reset by peer")]),
        (Reset, [SIZED[:-1], ConnectionResetError(104, "Connection reset by peer")]),
        (Reset, [BrokenPipeError(32, "Broken pipe")]),
        (TimedOut, [TimeoutError("timed out")]),
        (TimedOut, [SIZED[:-1], TimeoutError("timed out")]),
        (Malformed, [b"SSH-2.0-OpenSSH_9.6\r\n"]),
        (Malformed, [b"\x15\x03\x01\x00\x02\x02\x50"]),
        (Malformed, [b"HTTP/1.1 200 OK\nContent-Length: 2\n\nhi"]),
        (Malformed, [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"]),
        (Malformed, [b"HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"]),
        (Malformed, [b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 2\r\n\r\nhi"]),
        (Malformed, [b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"]),
        (Malformed, [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"]),
        (Malformed, [b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi"]),
        (Malformed, [b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\nhi"]),
        (TooLarge, [b"HTTP/1.1 200 OK\r\nX: ", *[b"x" * 1024] * (MOST_HEAD_BYTES // 1024 + 1)]),
        (TooLarge, [b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n" * 200] * (MOST_HEAD_BYTES // 1200 + 1)]),
        (TooLarge, [b"HTTP/1.1 100 Continue\r\n\r\n" * 100] * (MOST_HEAD_BYTES // 2500 + 1)),
        (TooLarge, [b"HTTP/1.1 200 OK\r\n\r\n", *[bytes(2**16)] * (MOST_BODY_BYTES // 2**16 + 2)]),
        (
            TooLarge,
            [
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                *[b"1\r\na\r\n" * 9000] * (MOST_BODY_BYTES // 54_000 + 3),
            ],
        ),
    ],
)
def test_an_answer_that_fails_says_how_and_ends_the_connection(
    error: type[MaybeSent], pieces: list[bytes | Exception]
) -> None:
    connection = over(*pieces)
    with pytest.raises(error):
        connection.exchange(b"request", 10.0)
    if error is not Malformed or b"Content-Encoding" not in b"".join(p for p in pieces if isinstance(p, bytes)):
        assert not connection.reusable


@pytest.mark.parametrize(
    ("piece", "quiet"),
    [
        (BlockingIOError(11, "again"), True),
        (b"", False),
        (b"x", False),
        (ConnectionResetError(104, "reset"), False),
    ],
)
def test_an_idle_connection_is_quiet_only_while_nothing_can_be_read(piece: bytes | Exception, *, quiet: bool) -> None:
    assert over(piece).is_quiet() is quiet
