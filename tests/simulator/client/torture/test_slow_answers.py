"""Answers that trickle, and such as never come: each phase ends at its own time-out, however steadily bytes come.

The time-outs that are to end a case are short, and those that must not are long: how long it took is not measured.
"""

from typing import Final

import gevent
import pytest
from gevent import socket
from gevent.event import Event

from simulator.client import Fault, HttpTransport, Request, Timeouts
from simulator.client.transport import TimedOut
from tests.simulator.client.scripted_server import OK_BODY, Peer, Script, ScriptedServer
from tests.simulator.client.torture.exposed import Wire, endured, fail, info, subscribe
from tests.simulator.client.torture.test_whole_answers import GZIP, PACKED, chunked, sized

TIMEOUT: Final = info(Fault.TIMEOUT)
NOT_CONNECTED: Final = fail(Fault.CONNECT_TIMEOUT)
SOON: Final = 0.1  # seconds
NEVER: Final = 60.0
HEAD: Final = b"HTTP/1.1 200 OK\r\n"


def trickling(beginning: bytes, drops: bytes) -> Script:
    """Read a request, answer with a beginning, and then with a byte each so often, over and over."""

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(beginning)
        while True:
            for at in range(len(drops)):
                peer.send(drops[at : at + 1])
                gevent.sleep(SOON / 20)

    return script


TRICKLES = {
    "status line": (b"", HEAD.rstrip() + b"x" * 100),
    "lines": (HEAD, b"X: y\r\n"),
    "body": (HEAD + b"\r\n", OK_BODY),
    "body of a length": (HEAD + b"Content-Length: 1000\r\n\r\n", OK_BODY),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n"),
    "trailers": (chunked(OK_BODY)[:-2], b"X: y\r\n"),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "gzip": (sized(PACKED, GZIP)[:-20], b""),
    "half a line": (HEAD + b"X: ", b""),
}


@pytest.mark.parametrize(("beginning", "drops"), TRICKLES.values(), ids=TRICKLES)
def test_an_answer_that_trickles_ends_at_the_time_out_of_the_answer(beginning: bytes, drops: bytes, wire: Wire) -> None:
    script = trickling(beginning, drops) if drops else saying_no_more(beginning)
    assert endured(wire, script, first_byte=NEVER, answer=SOON) == TIMEOUT
    assert endured(wire, script, first_byte=SOON, answer=2 * SOON) == TIMEOUT  # and once its first byte has come


def saying_no_more(said: bytes) -> Script:
    """Read a request, begin to answer, and be silent while the client listens."""

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(said)
        peer.wait_for_end()

    return script


def test_no_answer_ends_at_the_time_out_of_the_first_byte(wire: Wire) -> None:
    assert endured(wire, saying_no_more(b""), first_byte=SOON, answer=NEVER) == TIMEOUT


def test_a_request_that_is_not_read_ends_at_the_time_out_of_the_first_byte(wire: Wire) -> None:
    """It is longer than what both ends hold, so that it cannot even be written."""

    def script(peer: Peer) -> None:
        peer.sock.recv(1)
        gone.wait()

    gone = Event()
    with wire.serve(script) as server, wire.reach(server.url, first_byte=SOON, answer=NEVER) as transport:
        with pytest.raises(TimedOut, match="No byte of an answer came"):
            transport.send(Request("/me/subscribe", b"", bytes(16 * 2**20)))
        gone.set()
        assert (server.connections, server.requests) == (1, [])


def test_a_server_that_accepts_no_connection_ends_at_the_time_out_of_connecting() -> None:
    """As many wait for it as may; the kernel answers no other."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
        with HttpTransport(
            f"http://127.0.0.1:{listener.getsockname()[1]}", timeouts=Timeouts(connect=SOON)
        ) as transport:
            assert subscribe(transport) == NOT_CONNECTED
        for each in waiting:
            each.close()


def _drop_by_drop(peer: Peer) -> None:
    peer.send(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03")  # a long ServerHello begins
    while True:
        peer.send(b"\0")
        gevent.sleep(SOON / 20)


@pytest.mark.parametrize("script", [Peer.wait_for_end, _drop_by_drop], ids=["silent", "trickling"])
def test_a_handshake_ends_at_its_own_time_out(script: Script, tls: Wire) -> None:
    with (
        ScriptedServer(script) as server,
        tls.reach(server.url.replace("http:", "https:"), connect=NEVER, handshake=SOON) as transport,
    ):
        assert subscribe(transport) == NOT_CONNECTED
        assert server.connections == 1


def test_a_record_of_tls_that_trickles_is_no_byte_of_an_answer(tls: Wire) -> None:
    """What comes is of a record that is not whole: nothing of it can be read."""

    def relay(peer: Peer) -> None:
        with socket.create_connection(("127.0.0.1", server.port)) as upstream:
            back = gevent.spawn(trickle_answers, upstream, peer)
            try:
                while data := peer.sock.recv(65536):
                    upstream.sendall(data)
            finally:
                back.kill()

    def trickle_answers(upstream: socket.socket, peer: Peer) -> None:
        while data := upstream.recv(65536):
            if not server.requests:
                peer.send(data)
                continue
            for at in range(len(data)):
                peer.send(data[at : at + 1])
                gevent.sleep(SOON)

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(sized(OK_BODY))

    with (
        tls.serve(script) as server,
        ScriptedServer(relay) as between,
        tls.reach(between.url.replace("http:", "https:"), first_byte=2 * SOON, answer=NEVER) as transport,
    ):
        assert subscribe(transport) == TIMEOUT
        assert (between.connections, len(server.requests)) == (1, 1)
