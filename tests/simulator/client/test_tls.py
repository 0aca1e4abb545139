import ssl
from pathlib import Path

import pytest
from gevent import ssl as gevent_ssl
from gevent.event import Event

from simulator.client.http import HttpTransport
from simulator.client.timeouts import Timeouts
from simulator.client.transport import ConnectTimeout, CutOff, NotSent, Request, TlsFailed
from simulator.errors import UsageError
from tests.simulator.client.certificates import self_signed, server_context
from tests.simulator.client.scripted_server import OK_BODY, Peer, ScriptedServer, answer

REQUEST = Request("/me/subscribe", b"", b"{}")


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls"), "127.0.0.1")


@pytest.fixture(scope="module")
def other_pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls"), "192.0.2.1")


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(pem: Path) -> None:
    with ScriptedServer(context=server_context(pem)) as server, HttpTransport(server.url) as transport:
        with pytest.raises(TlsFailed, match="self-signed"):
            transport.send(REQUEST)
        assert server.requests == []


def test_a_certificate_for_another_host_is_refused(other_pem: Path) -> None:
    with (
        ScriptedServer(context=server_context(other_pem)) as server,
        HttpTransport(server.url, ca_file=str(other_pem)) as transport,
        pytest.raises(TlsFailed, match="IP address mismatch"),
    ):
        transport.send(REQUEST)


def test_a_certificate_of_a_given_authority_is_trusted_and_the_connection_reused(pem: Path) -> None:
    with (
        ScriptedServer(context=server_context(pem)) as server,
        HttpTransport(server.url, ca_file=str(pem)) as transport,
    ):
        for _ in range(3):
            assert transport.send(REQUEST).body == OK_BODY
        assert server.connections == 1


def test_verification_is_off_only_on_demand(pem: Path) -> None:
    with (
        ScriptedServer(context=server_context(pem)) as server,
        HttpTransport(server.url, verify=False) as transport,
    ):
        assert transport.send(REQUEST).body == OK_BODY


def test_a_tls_connection_that_ended_while_idle_is_not_written_to(pem: Path) -> None:
    def serve_once(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer())
        may_end.wait()

    may_end, now = Event(), [0.0]
    with (
        ScriptedServer(serve_once, context=server_context(pem)) as server,
        HttpTransport(server.url, ca_file=str(pem), clock=lambda: now[0]) as transport,
    ):
        transport.send(REQUEST)
        may_end.set()
        server.ended.wait()
        now[0] += 1.0
        transport.send(REQUEST)
        assert (server.connections, len(server.requests)) == (2, 2)


def test_an_answer_cut_short_under_tls_is_not_taken_for_whole(pem: Path) -> None:
    def cut(peer: Peer) -> None:
        peer.read_request()
        peer.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + OK_BODY)

    with (
        ScriptedServer(cut, context=server_context(pem)) as server,
        HttpTransport(server.url, ca_file=str(pem)) as transport,
        pytest.raises(CutOff),
    ):
        transport.send(REQUEST)


def test_a_handshake_that_never_ends_is_a_connect_time_out() -> None:
    with (
        ScriptedServer(Peer.wait_for_end) as server,
        HttpTransport(f"https://127.0.0.1:{server.port}", timeouts=Timeouts(handshake=0.1)) as transport,
        pytest.raises(ConnectTimeout) as raised,
    ):
        transport.send(REQUEST)
    assert isinstance(raised.value, NotSent)


def test_a_server_that_speaks_no_tls_fails_the_handshake() -> None:
    def plain(peer: Peer) -> None:
        peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with (
        ScriptedServer(plain) as server,
        HttpTransport(f"https://127.0.0.1:{server.port}") as transport,
        pytest.raises(TlsFailed),
    ):
        transport.send(REQUEST)


def test_a_ca_file_that_cannot_be_read_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    for name in ("missing.pem", "empty.pem"):
        with pytest.raises(UsageError, match=name):
            HttpTransport("https://app.imkit.io", ca_file=str(tmp_path / name))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_next_connection_resumes_the_session(pem: Path, version: ssl.TLSVersion) -> None:
    def serve_once(peer: Peer) -> None:
        assert isinstance(peer.sock, gevent_ssl.SSLSocket)
        resumed.append(bool(peer.sock.session_reused))
        peer.read_request()
        peer.send(answer(headers=b"Connection: close\r\n"))

    resumed: list[bool] = []
    context = server_context(pem)
    context.maximum_version = version
    with (
        ScriptedServer(serve_once, serve_once, serve_once, context=context) as server,
        HttpTransport(server.url, ca_file=str(pem)) as transport,
    ):
        assert [transport.send(REQUEST).body for _ in range(3)] == [OK_BODY] * 3
    assert resumed == [False, True, True]
