import errno
from collections.abc import Callable
from typing import NoReturn

import gevent
import pytest
from gevent import socket
from gevent.event import Event

from simulator.client import dialing
from simulator.client.http import HttpTransport
from simulator.client.timeouts import Timeouts
from simulator.client.transport import (
    ConnectTimeout,
    CutOff,
    Malformed,
    MaybeSent,
    NoSocket,
    Refused,
    Request,
    Reset,
    TimedOut,
    TransportError,
    Unreachable,
    Unresolved,
)
from simulator.errors import UsageError
from tests.simulator.client.scripted_server import OK_BODY, Peer, Script, ScriptedServer, answer, serve_forever

REQUEST = Request("/me/subscribe", b"IM-CLIENT-KEY: k\r\n", b'{"type":"ios"}')


def closed_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_a_request_goes_out_as_written() -> None:
    with ScriptedServer() as server, HttpTransport(server.url + "/v3/") as transport:
        response = transport.send(REQUEST)
    assert (response.status, response.body) == (200, OK_BODY)
    assert server.requests == [
        b"POST /v3/me/subscribe HTTP/1.1\r\n"
        b"Host: 127.0.0.1:%d\r\n"
        b"IM-CLIENT-KEY: k\r\n"
        b"Content-Length: 14\r\n"
        b"\r\n"
        b'{"type":"ios"}' % server.port
    ]


def test_one_connection_carries_many_requests() -> None:
    with ScriptedServer() as server, HttpTransport(server.url) as transport:
        for _ in range(5):
            transport.send(REQUEST)
        assert server.connections == 1
        assert len(server.requests) == 5


def test_opening_a_connection_is_a_part_of_what_the_request_takes() -> None:
    with ScriptedServer(serve_forever) as server, HttpTransport(server.url) as transport:
        responses = [transport.send(REQUEST), transport.send(REQUEST), transport.send_anew(REQUEST)]
        assert [bool(response.sent) for response in responses] == [False, True, False]  # 0: when it was asked


def test_requests_at_the_same_time_have_connections_of_their_own() -> None:
    together = Event()

    def wait_for_the_other(peer: Peer) -> None:
        peer.read_request()
        if len(server.requests) == 2:
            together.set()
        together.wait()
        peer.send(answer())

    with ScriptedServer(wait_for_the_other, wait_for_the_other) as server, HttpTransport(server.url) as transport:
        gevent.joinall([gevent.spawn(transport.send, REQUEST) for _ in range(2)], raise_error=True)
        assert server.connections == 2


def _read_then(act: Callable[[Peer], None]) -> Script:
    def script(peer: Peer) -> None:
        peer.read_request()
        act(peer)

    return script


def _mid_answer_reset(peer: Peer) -> None:
    peer.send(answer()[:40])
    gevent.sleep(0)
    peer.reset()


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (_read_then(Peer.reset), Reset),
        (_read_then(_mid_answer_reset), Reset),
        (_read_then(lambda _: None), CutOff),
        (_read_then(lambda peer: peer.send(answer()[:-1])), CutOff),
        (_read_then(lambda peer: peer.send(answer()[:9])), CutOff),
        (_read_then(lambda peer: peer.send(b"garbage\r\n\r\n")), Malformed),
        (_read_then(Peer.wait_for_end), TimedOut),
    ],
)
def test_a_request_that_may_have_arrived_is_never_sent_again(script: Script, error: type[MaybeSent]) -> None:
    with ScriptedServer(script) as server, HttpTransport(server.url, timeouts=Timeouts(answer=0.2)) as transport:
        with pytest.raises(error):
            transport.send(REQUEST)
        assert len(server.requests) == 1
        assert server.connections == 1
        transport.send(REQUEST)  # the next request has a new connection
        assert (server.connections, len(server.requests)) == (2, 2)


def test_a_reset_on_a_reused_connection_is_not_sent_again_either() -> None:
    def serve_once_then_reset(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer())
        peer.read_request()
        peer.reset()

    with ScriptedServer(serve_once_then_reset) as server, HttpTransport(server.url) as transport:
        transport.send(REQUEST)
        with pytest.raises(Reset):
            transport.send(REQUEST)
        assert (server.connections, len(server.requests)) == (1, 2)


@pytest.mark.parametrize("slowly", [b"X: y\r\n", b"X"])
def test_a_server_that_trickles_its_answer_cannot_extend_the_time_out(slowly: bytes) -> None:
    def trickle(peer: Peer) -> None:
        peer.read_request()
        peer.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            peer.send(slowly)
            gevent.sleep(0.01)

    with (
        ScriptedServer(trickle) as server,
        HttpTransport(server.url, timeouts=Timeouts(answer=0.15)) as transport,
        pytest.raises(TimedOut, match=r"0\.15 s"),
    ):
        transport.send(REQUEST)


@pytest.mark.parametrize("end", [lambda _: None, Peer.reset, lambda peer: peer.send(b"HTTP/1.1 408 Idle\r\n\r\n")])
def test_a_connection_that_ended_while_idle_is_not_written_to(end: Callable[[Peer], None]) -> None:
    def serve_once(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer())
        may_end.wait()
        end(peer)

    may_end, now = Event(), [0.0]
    with ScriptedServer(serve_once) as server, HttpTransport(server.url, clock=lambda: now[0]) as transport:
        transport.send(REQUEST)
        may_end.set()
        server.ended.wait()
        now[0] += 1.0
        transport.send(REQUEST)
        assert (server.connections, len(server.requests)) == (2, 2)


def test_a_connection_idle_for_too_long_is_not_used_again() -> None:
    now = [100.0]
    with (
        ScriptedServer() as server,
        HttpTransport(server.url, max_idle_age=4.0, clock=lambda: now[0]) as transport,
    ):
        transport.send(REQUEST)
        now[0] += 4.0
        transport.send(REQUEST)
        assert server.connections == 1
        now[0] += 4.1
        transport.send(REQUEST)
        assert (server.connections, len(server.requests)) == (2, 3)


@pytest.mark.parametrize(
    "wire",
    [
        answer(headers=b"Connection: close\r\n"),
        b"HTTP/1.0 200 OK\r\n\r\n" + OK_BODY,
        answer() + b"surplus",
    ],
)
def test_a_connection_that_cannot_be_trusted_is_not_used_again(wire: bytes) -> None:
    with ScriptedServer(_read_then(lambda peer: peer.send(wire))) as server, HttpTransport(server.url) as transport:
        assert transport.send(REQUEST).body == OK_BODY
        transport.send(REQUEST)
        assert server.connections == 2


def test_an_answer_that_could_not_be_unpacked_does_not_poison_the_connection() -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer(headers=b"Content-Encoding: gzip\r\n"))
        serve_forever(peer)

    with ScriptedServer(script) as server, HttpTransport(server.url) as transport:
        with pytest.raises(Malformed):
            transport.send(REQUEST)
        assert transport.send(REQUEST).body == OK_BODY


def test_a_killed_request_takes_its_connection_with_it() -> None:
    def answer_too_late(peer: Peer) -> None:
        peer.read_request()
        arrived.set()
        try:
            peer.wait_for_end()
        finally:
            gone.set()

    arrived, gone = Event(), Event()
    with ScriptedServer(answer_too_late) as server, HttpTransport(server.url) as transport:
        request = gevent.spawn(transport.send, REQUEST)
        arrived.wait()
        request.kill()
        gone.wait()
        assert len(transport._pool) == 0
        transport.send(REQUEST)
        assert server.connections == 2


def test_a_time_out_from_outside_passes_through_and_takes_the_connection_with_it() -> None:
    with (
        ScriptedServer(_read_then(Peer.wait_for_end)) as server,
        HttpTransport(server.url) as transport,
    ):
        outside = gevent.Timeout(0.05)
        with pytest.raises(gevent.Timeout) as raised, outside:
            transport.send(REQUEST)
        assert raised.value is outside
        assert len(transport._pool) == 0


def test_a_refused_connection_has_sent_nothing() -> None:
    with HttpTransport(f"http://127.0.0.1:{closed_port()}") as transport, pytest.raises(Refused, match="refused"):
        transport.send(REQUEST)


def _raiser(error: Exception) -> Callable[..., NoReturn]:
    def fail(*_: object, **__: object) -> NoReturn:
        raise error

    return fail


@pytest.mark.parametrize(
    ("host", "name", "failure", "error"),
    [
        ("app.imkit.example", "getaddrinfo", socket.gaierror(-2, "Name or service not known"), Unresolved),
        ("127.0.0.1", "socket", OSError(errno.EMFILE, "Too many open files"), NoSocket),
    ],
)
def test_what_fails_before_the_connection_is_open_has_sent_nothing(
    monkeypatch: pytest.MonkeyPatch, host: str, name: str, failure: OSError, error: type[TransportError]
) -> None:
    monkeypatch.setattr(socket, name, _raiser(failure))
    with HttpTransport(f"http://{host}") as transport, pytest.raises(error):
        transport.send(REQUEST)


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), Refused),
        (OSError(errno.EHOSTUNREACH, "No route to host"), Unreachable),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), Unreachable),
        (TimeoutError(errno.ETIMEDOUT, "Connection timed out"), ConnectTimeout),
        (OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address"), NoSocket),
    ],
)
def test_a_connection_attempt_fails_by_its_own_name(
    monkeypatch: pytest.MonkeyPatch, failure: OSError, error: type[TransportError]
) -> None:
    monkeypatch.setattr(dialing, "_connect_without_delay", _raiser(failure))
    with HttpTransport("http://127.0.0.1:9") as transport, pytest.raises(error):
        transport.send(REQUEST)


def test_a_name_that_is_not_resolved_in_time_is_a_connect_time_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: gevent.sleep(60))
    with (
        HttpTransport("http://app.imkit.example", timeouts=Timeouts(connect=0.05)) as transport,
        pytest.raises(ConnectTimeout, match=r"0\.05 s"),
    ):
        transport.send(REQUEST)


def test_a_time_out_from_outside_is_not_taken_for_the_connections_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: gevent.sleep(60))
    outside = gevent.Timeout(0.05)
    with (
        HttpTransport("http://app.imkit.example") as transport,
        pytest.raises(gevent.Timeout) as raised,
        outside,
    ):
        transport.send(REQUEST)
    assert raised.value is outside


def test_a_socket_connected_to_itself_counts_as_refused() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectionRefusedError):
            dialing._connect_without_delay(sock, sock.getsockname())


def _addresses(*ports: int) -> Callable[..., list[object]]:
    found: list[object] = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]
    return lambda *_, **__: found


def test_every_address_of_a_name_is_tried_and_looked_up_again_only_after_failure_or_age(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    lookups: list[int] = []

    def look_up(*_: object, **__: object) -> list[object]:
        lookups.append(1)
        return _addresses(closed_port(), server.port)()

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with (
        ScriptedServer() as server,
        HttpTransport("http://app.imkit.example", max_idle_age=0.5, clock=lambda: now[0]) as transport,
    ):
        for _ in range(3):
            transport.send(REQUEST)
            now[0] += 1.0
        assert (server.connections, len(lookups)) == (3, 1)
        now[0] += dialing.ADDRESSES_LAST_SECONDS
        transport.send(REQUEST)
        assert len(lookups) == 2


def test_a_server_that_moved_is_found_after_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer() as server, HttpTransport("http://app.imkit.example") as transport:
        monkeypatch.setattr(socket, "getaddrinfo", _addresses(closed_port()))
        with pytest.raises(Refused):
            transport.send(REQUEST)
        monkeypatch.setattr(socket, "getaddrinfo", _addresses(server.port))
        transport.send(REQUEST)


def test_an_ipv6_address_is_reached_and_bracketed() -> None:
    try:
        server = ScriptedServer(host="::1")
    except OSError:
        pytest.skip("this machine has no IPv6")
    with server, HttpTransport(f"http://[::1]:{server.port}") as transport:
        transport.send(REQUEST)
    assert b"Host: [::1]:%d\r\n" % server.port in server.requests[0]


@pytest.mark.parametrize("bad", [{"connect": 0.0}, {"answer": -1.0}, {"answer": float("nan")}])
def test_a_time_out_must_be_positive(bad: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="time-out"):
        Timeouts(**bad)


def test_a_repr_shows_no_secret() -> None:
    request = Request("/me/subscribe", b"IM-Authorization: s3cret\r\n", b"s3cret")
    assert repr(request) == "<Request POST /me/subscribe, 6 bytes>"
    assert repr(HttpTransport("https://app.imkit.io")) == "<HttpTransport https://app.imkit.io>"
