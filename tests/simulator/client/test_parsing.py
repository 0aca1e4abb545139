import gzip

import pytest

from simulator.client.parsing import MOST_BODY_BYTES, MOST_HEAD_BYTES, AnswerReader
from simulator.client.transport import CutOff, Malformed, MaybeSent, Response, TooLarge

OK = b'{"RC":0,"RM":"OK","result":{}}'
SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n" + OK
PACKED = gzip.compress(OK)


def exchanged(*pieces: bytes) -> tuple[Response, bool]:
    """The answer that these pieces are, then the connection's end; and whether the connection can be used again."""
    reader = AnswerReader()
    return _read(reader, *pieces), reader.reusable


def _read(reader: AnswerReader, *pieces: bytes) -> Response:
    reader.begin()
    for piece in (*pieces, b""):
        if reader.feed(piece):
            break
    return reader.response()


# wire, status, body, whether the connection can be used again
ANSWERS = {
    "sized": (SIZED, 200, OK, True),
    "behind a blank line": (
        b"\r\nHTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(PACKED), PACKED),
        200,
        OK,
        True,
    ),
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
    reader = AnswerReader()
    assert _read(reader, SIZED).body == OK
    assert _read(reader, ANSWERS["chunked"][0]) == Response(200, {b"transfer-encoding": b"chunked"}, b"hi yo")
    assert _read(reader, ANSWERS["empty"][0]) == Response(500, {b"content-length": b"0"}, b"")
    assert reader.reusable


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
def test_an_answer_that_cannot_be_read_says_how(error: type[MaybeSent], pieces: list[bytes]) -> None:
    with pytest.raises(error):
        exchanged(*pieces)
