"""Answers that are right, however they come."""

import gzip
from typing import NamedTuple

import pytest
from gevent import socket

from tests.simulator.client.certificates import Authority, server_context
from tests.simulator.client.scripted_server import OK_BODY, Peer, Script, serve_forever
from tests.simulator.client.torture.exposed import OK, Fed, Wire, endured, subscribe


def sized(body: bytes, *lines: bytes, version: bytes = b"HTTP/1.1") -> bytes:
    head = b"\r\n".join((version + b" 200 OK", *lines, b"Content-Length: %d" % len(body)))
    return head + b"\r\n\r\n" + body


def chunked(*chunks: bytes, lines: tuple[bytes, ...] = (), end: bytes = b"0\r\n\r\n") -> bytes:
    head = b"\r\n".join((b"HTTP/1.1 200 OK", *lines, b"Transfer-Encoding: chunked"))
    return head + b"\r\n\r\n" + b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + end


class Good(NamedTuple):
    """An answer that says that all went well."""

    said: bytes
    kept: bool = True  # the connection may be used again
    ends: bool = False  # with the connection


PACKED = gzip.compress(OK_BODY, mtime=0)
MEMBERS = gzip.compress(OK_BODY[:9], mtime=0) + gzip.compress(OK_BODY[9:], mtime=0)
GZIP = b"Content-Encoding: gzip"
GOOD = {
    "sized": Good(sized(OK_BODY)),
    "chunked": Good(chunked(OK_BODY[:1], OK_BODY[1:20], OK_BODY[20:], end=b"0;x=y\r\nX-Trailer: 1\r\n\r\n")),
    "gzip": Good(sized(PACKED, GZIP)),
    "gzip of two members": Good(sized(MEMBERS, GZIP)),
    "gzip in chunks": Good(chunked(PACKED[:7], PACKED[7:], lines=(GZIP,))),
    "empty header": Good(sized(OK_BODY, b"X-Empty:", b"Content-Encoding:")),
    "interim answers": Good(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n" + sized(OK_BODY)
    ),
    "keep-alive, 1.0": Good(sized(OK_BODY, b"Connection: keep-alive", version=b"HTTP/1.0")),
    "1.0": Good(sized(OK_BODY, version=b"HTTP/1.0"), kept=False),
    "close": Good(sized(OK_BODY, b"Connection: close"), kept=False),
    "until the end": Good(b"HTTP/1.1 200 OK\r\n\r\n" + OK_BODY, kept=False, ends=True),
    "until the end, 1.0": Good(b"HTTP/1.0 200 OK\r\n\r\n" + OK_BODY, kept=False, ends=True),
}
EACH = pytest.mark.parametrize("good", GOOD.values(), ids=GOOD)


def saying(good: Good, fed: Fed, *pieces: bytes) -> Script:
    """Read a request and answer in these pieces, which the client takes in one by one; then end, or behave."""

    def script(peer: Peer) -> None:
        peer.read_request()
        fed.send(peer, *pieces)
        if good.ends:
            peer.end_politely()
        else:
            serve_forever(peer)

    return script


@EACH
def test_an_answer_is_read_whole(good: Good, wire: Wire, fed: Fed) -> None:
    assert endured(wire, saying(good, fed, good.said), kept=good.kept) == OK


@EACH
def test_an_answer_that_comes_byte_by_byte_is_the_same_answer(good: Good, wire: Wire, fed: Fed) -> None:
    pieces = (good.said[at : at + 1] for at in range(len(good.said)))
    assert endured(wire, saying(good, fed, *pieces), kept=good.kept) == OK


@EACH
def test_an_answer_split_at_every_byte_is_the_same_answer(good: Good, wire: Wire, fed: Fed) -> None:
    cuts = range(1, len(good.said))
    pieces = [(good.said[:cut], good.said[cut:]) for cut in cuts]

    def all_on_one(peer: Peer) -> None:
        for each in pieces:
            peer.read_request()
            fed.send(peer, *each)

    scripts = [all_on_one] if good.kept else [saying(good, fed, *each) for each in pieces]
    with wire.serve(*scripts) as server, wire.reach(server.url) as transport:
        assert [subscribe(transport) for _ in cuts] == [OK] * len(cuts)
        assert (server.connections, len(server.requests)) == (len(scripts), len(cuts))


@pytest.mark.parametrize("secure", [False, True], ids=["tcp", "tls"])
def test_an_ipv6_target_is_reached(authority: Authority, fed: Fed, *, secure: bool) -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    context = server_context(authority.issue("::1")) if secure else None
    wire = Wire(context, str(authority.ca_file), "::1")
    good = GOOD["chunked"]
    assert endured(wire, saying(good, fed, good.said), kept=True) == OK
