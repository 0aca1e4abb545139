"""Answers that are wrong, and answers that are followed by what nobody asked for."""

import gzip
from typing import Final

import pytest
from gevent.event import Event

from simulator.client import Fault
from tests.simulator.client.scripted_server import OK_BODY, Peer, answer
from tests.simulator.client.torture.exposed import OK, Ending, Wire, answering, endured, info, notice, subscribe
from tests.simulator.client.torture.test_whole_answers import GZIP, PACKED, chunked, sized

MALFORMED: Final = info(Fault.MALFORMED)
CUT_OFF: Final = info(Fault.CUT_OFF)


def of_length(*lengths: bytes, body: bytes = OK_BODY) -> bytes:
    return b"HTTP/1.1 200 OK\r\n%b\r\n%b" % (b"".join(b"Content-Length: %b\r\n" % each for each in lengths), body)


def with_lines(*lines: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\n%b\r\n\r\n%b" % (b"\r\n".join(lines), OK_BODY)


CHUNKED: Final = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
SWITCH: Final = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"

WRONG = {
    "longer than it says": (of_length(b"29"), info(Fault.BREACH_SHAPE, 200)),
    "of no length": (of_length(b"0"), info(Fault.BREACH_SHAPE, 200)),
    "length below 0": (of_length(b"-30"), MALFORMED),
    "length with a sign": (of_length(b"+30"), MALFORMED),
    "length in hexadecimal": (of_length(b"0x1e"), MALFORMED),
    "length of no end": (of_length(b"9" * 40), MALFORMED),
    "empty length": (of_length(b""), MALFORMED),
    "two lengths that differ": (of_length(b"30", b"31"), MALFORMED),
    "two lengths in one line": (of_length(b"30, 31"), MALFORMED),
    "length and chunks": (with_lines(b"Content-Length: 30", b"Transfer-Encoding: chunked"), MALFORMED),
    "chunks and length": (with_lines(b"Transfer-Encoding: chunked", b"Content-Length: 30"), MALFORMED),
    "chunk size of letters": (CHUNKED + b"zz\r\n" + OK_BODY, MALFORMED),
    "chunk size below 0": (CHUNKED + b"-1\r\n" + OK_BODY, MALFORMED),
    "chunk size of no end": (CHUNKED + b"f" * 17 + b"\r\n", MALFORMED),
    "empty chunk size": (CHUNKED + b"\r\n" + OK_BODY, MALFORMED),
    "chunk shorter than it says": (CHUNKED + b"1f\r\n" + OK_BODY + b"\r\n0\r\n\r\n", MALFORMED),
    "chunk longer than it says": (CHUNKED + b"1d\r\n" + OK_BODY + b"\r\n0\r\n\r\n", MALFORMED),
    "no gzip": (sized(OK_BODY, GZIP), MALFORMED),
    "gzip that breaks off": (sized(PACKED[:-9], GZIP), MALFORMED),
    "gzip that breaks off, in chunks": (chunked(PACKED[:9], PACKED[9:-1], lines=(GZIP,)), MALFORMED),
    "gzip with a wrong sum": (sized(PACKED[:-8] + b"\0" * 8, GZIP), MALFORMED),
    "gzip and junk": (sized(PACKED + b"junk", GZIP), MALFORMED),
    "gzip in gzip": (sized(gzip.compress(PACKED), GZIP), info(Fault.BREACH_SHAPE, 200)),
    "coding that was not offered": (sized(OK_BODY, b"Content-Encoding: br"), MALFORMED),
    "another protocol": (b"SSH-2.0-OpenSSH_9.6\r\n", MALFORMED),
    "another version": (b"HTTP/3.0 200 OK\r\n\r\n", MALFORMED),
    "frames of HTTP/2": (b"\0\0\x12\x04\0\0\0\0\0", MALFORMED),
    "a page without a head": (b"<html>gateway</html>\r\n\r\n", MALFORMED),
    "status of four digits": (b"HTTP/1.1 2000 OK\r\n\r\n", MALFORMED),
    "status of letters": (b"HTTP/1.1 abc OK\r\n\r\n", MALFORMED),
    "bare line feeds": (b"HTTP/1.1 200 OK\nContent-Length: 30\n\n" + OK_BODY, MALFORMED),
    "space before the colon": (with_lines(b"Content-Length : 30"), MALFORMED),
    "folded line": (with_lines(b"X: a", b" b", b"Content-Length: 30"), MALFORMED),
    "null in a line": (with_lines(b"X: \0", b"Content-Length: 30"), MALFORMED),
    "switch of protocols": (SWITCH, MALFORMED),
    "switch of protocols that nobody asked for": (SWITCH + sized(OK_BODY), MALFORMED),
}


@pytest.mark.parametrize(("said", "ending"), WRONG.values(), ids=WRONG)
def test_a_wrong_answer_ends_the_connection_and_is_never_asked_for_again(
    said: bytes, ending: Ending, wire: Wire
) -> None:
    kept = said == WRONG["gzip in gzip"][0]  # as HTTP it is right
    assert endured(wire, answering(said), kept=kept) == ending


SHORT = {
    "body": of_length(b"31"),
    "body of a huge length": of_length(b"%d" % 10**18),
    "head": sized(OK_BODY)[:20],
    "nothing": b"",
    "interim answer": b"HTTP/1.1 100 Continue\r\n\r\n",
    "chunk": CHUNKED + b"1f\r\n" + OK_BODY,
    "chunks without an end": CHUNKED + b"1e\r\n" + OK_BODY + b"\r\n",
    "last chunk": CHUNKED + b"1e\r\n" + OK_BODY + b"\r\n0\r\n",
    "gzip": sized(PACKED, GZIP)[:-1],
    "coding that nobody knows": with_lines(b"Transfer-Encoding: gzip"),
}


@pytest.mark.parametrize("said", SHORT.values(), ids=SHORT)
@pytest.mark.parametrize("politely", [True, False], ids=["polite", "abrupt"])
def test_an_answer_that_ends_too_early_is_cut_off(said: bytes, wire: Wire, *, politely: bool) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(said)
        if politely:
            peer.end_politely()

    assert endured(wire, script) == CUT_OFF


SURPLUS = {
    "junk": b"junk",
    "another answer": answer(status="500 Oops"),
    "the same answer": answer(),
    "more than is read at once": bytes(40_000),
}
EACH_SURPLUS = pytest.mark.parametrize("surplus", SURPLUS.values(), ids=SURPLUS)


@EACH_SURPLUS
def test_surplus_behind_an_answer_is_nobodys_answer(surplus: bytes, wire: Wire) -> None:
    assert endured(wire, answering(answer() + surplus)) == OK


@EACH_SURPLUS
def test_surplus_in_a_message_of_its_own_is_nobodys_answer(surplus: bytes, wire: Wire) -> None:
    """With TLS one read does not bring it; the next call is made before the event loop looks again."""
    assert endured(wire, answering(answer(), surplus)) == OK


@EACH_SURPLUS
def test_surplus_that_comes_while_the_connection_is_idle_is_nobodys_answer(surplus: bytes, wire: Wire) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer())
        taken.wait()
        peer.send(surplus)
        peer.wait_for_end()

    taken = Event()
    with wire.serve(script) as server, wire.reach(server.url) as transport:
        assert subscribe(transport) == OK
        taken.set()
        notice(transport)
        assert subscribe(transport) == OK
        assert (server.connections, len(server.requests)) == (2, 2)


@pytest.mark.parametrize("size", [16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 32 * 1024])
def test_surplus_is_found_wherever_the_client_stops_reading(size: int, wire: Wire) -> None:
    """The answer is as long as the client reads at once, or nearly, and another follows at its heels."""
    blank = sized(OK_BODY)
    padded = sized(OK_BODY, b"X: " + b"x" * (size - len(blank) - 5))
    assert len(padded) == size
    assert endured(wire, answering(padded + answer(status="500 Oops"))) == OK


def test_line_ends_behind_an_answer_are_no_answer(wire: Wire) -> None:
    assert endured(wire, answering(answer() + b"\r\n\r\n"), kept=True) == OK
