"""Requests through an HTTP proxy."""

from pathlib import Path

import gevent
import pytest
from gevent import socket

from simulator.client.http import HttpTransport
from simulator.client.origin import Origin
from simulator.client.proxy import Proxy
from simulator.client.timeouts import Timeouts
from simulator.client.transport import ConnectTimeout, ProxyRefused, Refused, Request
from simulator.errors import UsageError
from tests.simulator.client.certificates import server_context
from tests.simulator.client.scripted_server import OK_BODY, Peer, Script, ScriptedServer, answer
from tests.simulator.client.test_http import closed_port
from tests.simulator.client.test_tls import pem

__all__ = ["pem"]  # the fixture

REQUEST = Request("/me/subscribe", b"", b"{}")


def said(*words: bytes) -> Script:
    """A proxy that reads a CONNECT and answers with these words."""

    def script(peer: Peer) -> None:
        head(peer)
        for word in words:
            peer.send(word)

    return script


def head(peer: Peer) -> bytes:
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        data += peer.sock.recv(1)
    return data


def pump(source: socket.socket, target: socket.socket) -> None:
    while data := source.recv(65536):
        target.sendall(data)


def test_a_plain_request_is_the_proxys_with_the_whole_url_and_the_hosts_name() -> None:
    with (
        ScriptedServer() as proxy,
        HttpTransport("http://app.imkit.example/v3", proxy=f"http://me:p%40ss@127.0.0.1:{proxy.port}") as transport,
    ):
        assert transport.send(REQUEST).body == OK_BODY
    (request,) = proxy.requests
    line = b"POST http://app.imkit.example/v3/me/subscribe HTTP/1.1\r\nHost: app.imkit.example\r\n"
    assert request == line + b"Proxy-Authorization: Basic bWU6cEBzcw==\r\nContent-Length: 2\r\n\r\n{}"


def test_tls_goes_through_a_tunnel_and_what_is_told_the_proxy_stays_there(pem: Path) -> None:
    heads = []

    def tunnel(peer: Peer) -> None:
        heads.append(head(peer))
        with socket.create_connection(("127.0.0.1", server.port)) as target:
            peer.send(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 x\r\n\r\n")
            back = gevent.spawn(pump, target, peer.sock)
            pump(peer.sock, target)
            back.kill()

    with (
        ScriptedServer(context=server_context(pem)) as server,
        ScriptedServer(tunnel) as proxy,
        HttpTransport(server.url, proxy=f"http://me:secret@127.0.0.1:{proxy.port}", ca_file=str(pem)) as transport,
    ):
        assert [transport.send(REQUEST).body for _ in range(2)] == [OK_BODY] * 2
    place = b"127.0.0.1:%d" % server.port
    assert heads == [
        b"CONNECT %b HTTP/1.1\r\nHost: %b\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n" % (place, place)
    ]
    assert [b"Authorization" in request for request in server.requests] == [False, False]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"], "407 Proxy Authentication Required"),
        ([b"HTTP/1.1 502 Bad", b" Gateway\r\nX: y\r\n\r\n"], "502 Bad Gateway"),
        ([b"SSH-2.0-x\r\n\r\n"], "did not connect"),
        ([b"HTTP/1.1 200 OK\r\n"], "did not answer CONNECT"),
        ([], "did not answer CONNECT"),
        ([b"X" * 70_000], "did not answer CONNECT"),
    ],
)
def test_a_proxy_that_does_not_connect_has_sent_nothing(words: list[bytes], told: str) -> None:
    with (
        ScriptedServer(said(*words)) as proxy,
        HttpTransport("https://app.imkit.example", proxy=proxy.url) as transport,
        pytest.raises(ProxyRefused, match=told),
    ):
        transport.send(REQUEST)


def test_a_proxy_that_says_nothing_is_a_connect_time_out() -> None:
    with (
        ScriptedServer(Peer.wait_for_end) as proxy,
        HttpTransport("https://app.imkit.example", proxy=proxy.url, timeouts=Timeouts(connect=0.05)) as transport,
        pytest.raises(ConnectTimeout),
    ):
        transport.send(REQUEST)


def test_a_proxy_that_is_not_there_is_refused_by_name() -> None:
    proxy = f"http://me:secret@127.0.0.1:{closed_port()}"
    with (
        HttpTransport("http://app.imkit.example", proxy=proxy) as transport,
        pytest.raises(Refused, match=r"127\.0\.0\.1") as raised,
    ):
        transport.send(REQUEST)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://proxy.example",
        "http://proxy.example/x",
        "proxy:3128",
        "http://a:hunter2@",
        "http://a:hunter2@h:x",
        "http://a:hunter2@[::1",
    ],
)
def test_a_proxy_that_cannot_be_used_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(UsageError) as raised:
        Proxy.parse(url)
    assert "hunter2" not in str(raised.value)


def test_a_proxys_repr_does_not_show_its_password() -> None:
    proxy = Proxy.parse("http://me:hunter2@[::1]:3128")
    assert (proxy.origin, repr(proxy)) == (Origin(False, "::1", 3128, ""), "<Proxy http://[::1]:3128>")


def test_the_environments_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    with ScriptedServer() as server, HttpTransport(server.url) as transport:
        assert transport.send(REQUEST).body == OK_BODY


def test_a_request_after_the_connection_closed_goes_to_the_proxy_again() -> None:
    def once(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer(headers=b"Connection: close\r\n"))

    with ScriptedServer(once, once) as proxy, HttpTransport("http://h.example", proxy=proxy.url) as transport:
        assert [transport.send(REQUEST).status for _ in range(2)] == [200, 200]
        assert proxy.connections == 2
