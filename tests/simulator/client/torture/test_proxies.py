"""Proxies that do not do what they are for, and redirects, which nobody follows."""

from typing import Final

import gevent
import pytest
from gevent import socket

from simulator.client import Fault, HttpTransport, Timeouts
from tests.simulator.client.certificates import Authority, server_context
from tests.simulator.client.scripted_server import OK_BODY, Peer, Script, ScriptedServer, answer
from tests.simulator.client.torture.exposed import OK, Ending, Wire, answering, endured, fail, info, subscribe

REFUSED: Final = fail(Fault.PROXY)
UNKNOWN: Final = "http://app.imkit.example"  # resolved by nobody: only a proxy is asked for it
NEVER: Final = 60.0


def _refusing(words: bytes) -> Script:
    """Read a CONNECT and answer with these words."""

    def script(peer: Peer) -> None:
        read_head(peer)
        peer.send(words)

    return script


def read_head(peer: Peer) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += peer.sock.recv(1)
    return head


def _reset(peer: Peer) -> None:
    read_head(peer)
    peer.reset()


def _endless(peer: Peer) -> None:
    read_head(peer)
    peer.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        peer.send(b"X: y\r\n" * 1000)


TUNNELS = {
    "407": (_refusing(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"), REFUSED),
    "502": (_refusing(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad"), REFUSED),
    "503 and a page": (_refusing(b"HTTP/1.0 503 Busy\r\n\r\n<html>"), REFUSED),
    "a redirect": (_refusing(b"HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n\r\n"), REFUSED),
    "an interim answer": (_refusing(b"HTTP/1.1 100 Continue\r\n\r\n"), REFUSED),
    "junk": (_refusing(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), REFUSED),
    "binary junk": (_refusing(bytes(range(256)) + b"\r\n\r\n"), REFUSED),
    "an empty line": (_refusing(b"\r\n\r\n"), REFUSED),
    "a head without an end": (_endless, REFUSED),
    "half a head": (_refusing(b"HTTP/1.1 200 Connection establ"), REFUSED),
    "nothing": (_refusing(b""), REFUSED),
    "a reset": (_reset, REFUSED),
    "a reset at once": (Peer.reset, REFUSED),
    "an end at once": (Peer.end_politely, REFUSED),
    "a tunnel to nowhere": (_refusing(b"HTTP/1.1 200 OK\r\n\r\n"), fail(Fault.TLS)),
    "a tunnel to junk": (_refusing(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 400 Bad Request\r\n\r\n"), fail(Fault.TLS)),
}


@pytest.mark.parametrize(("script", "ending"), TUNNELS.values(), ids=TUNNELS)
def test_a_proxy_that_makes_no_tunnel_has_sent_nothing(script: Script, ending: Ending) -> None:
    with (
        ScriptedServer(script) as proxy,
        HttpTransport(UNKNOWN.replace("http:", "https:"), proxy=proxy.url) as transport,
    ):
        assert subscribe(transport) == ending
        assert (proxy.connections, proxy.requests) == (1, [])


def _trickle(peer: Peer) -> None:
    read_head(peer)
    peer.send(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        peer.send(b"y")
        gevent.sleep(0.01)


@pytest.mark.parametrize("script", [Peer.wait_for_end, _trickle], ids=["silent", "trickling"])
def test_a_proxy_that_never_connects_ends_at_the_time_out_of_connecting(script: Script) -> None:
    timeouts = Timeouts(connect=0.1, handshake=NEVER, first_byte=NEVER, answer=NEVER)
    with (
        ScriptedServer(script) as proxy,
        HttpTransport(UNKNOWN.replace("http:", "https:"), proxy=proxy.url, timeouts=timeouts) as transport,
    ):
        assert subscribe(transport) == fail(Fault.CONNECT_TIMEOUT)
        assert proxy.connections == 1


PLAIN = {
    "407": (answer(b"", status="407 Proxy Authentication Required"), info(Fault.PROXY, 407), True),
    "502": (answer(b"", status="502 Bad Gateway"), info(Fault.SERVER_ERROR, 502), True),
    "504": (answer(b"", status="504 Gateway Timeout"), info(Fault.SERVER_ERROR, 504), True),
    "junk": (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", info(Fault.MALFORMED), False),
    "a page": (answer(b"<html>"), info(Fault.BREACH_SHAPE, 200), True),
    "a page to log in": (answer(b"", status="302 Found"), info(Fault.BREACH_REDIRECT, 302), True),
}


@pytest.mark.parametrize(("said", "ending", "kept"), PLAIN.values(), ids=PLAIN)
def test_a_proxy_of_plain_requests_is_asked_once(said: bytes, ending: Ending, *, kept: bool) -> None:
    with ScriptedServer(answering(said)) as proxy, HttpTransport(UNKNOWN, proxy=proxy.url) as transport:
        assert subscribe(transport) == ending
        assert (proxy.connections, len(proxy.requests)) == (1, 1)
        assert subscribe(transport) == OK
        assert (proxy.connections, len(proxy.requests)) == (1 if kept else 2, 2)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_tunnel_carries_tls_to_a_target_of_either_family(host: str, authority: Authority) -> None:
    heads = []

    def tunnel(peer: Peer) -> None:
        heads.append(read_head(peer))
        with socket.create_connection((host, server.port)) as target:
            peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = gevent.spawn(pump, target, peer.sock)
            pump(peer.sock, target)
            back.kill()

    wire = Wire(server_context(authority.issue(host)), str(authority.ca_file), host)
    with (
        wire.serve() as server,
        ScriptedServer(tunnel) as proxy,
        HttpTransport(server.url, proxy=proxy.url, ca_file=wire.ca_file) as transport,
    ):
        assert [subscribe(transport) for _ in range(3)] == [OK] * 3
        assert (proxy.connections, server.connections, len(server.requests)) == (1, 1, 3)
    place = server.url.removeprefix("https://").encode()
    assert heads == [b"CONNECT %b HTTP/1.1\r\nHost: %b\r\n\r\n" % (place, place)]


def pump(source: socket.socket, target: socket.socket) -> None:
    while data := source.recv(65536):
        target.sendall(data)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_breach_and_is_not_followed(status: int, wire: Wire) -> None:
    with wire.serve() as elsewhere:
        location = f"Location: {elsewhere.url}/me/subscribe\r\n".encode()
        said = answer(OK_BODY, status=f"{status} Moved", headers=location)
        assert endured(wire, answering(said), kept=True) == info(Fault.BREACH_REDIRECT, status)
        assert (elsewhere.connections, elsewhere.requests) == (0, [])
