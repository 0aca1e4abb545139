"""Connections that end: by a reset, by an end that is said and by one that is not, at every point of a call."""

from collections.abc import Callable
from typing import Final

import gevent
import pytest
from gevent import socket
from gevent.event import Event

from simulator.client import Fault, Outcome, Request
from simulator.client.transport import MaybeSent
from tests.simulator.client.scripted_server import OK_BODY, Peer, ScriptedServer, answer
from tests.simulator.client.torture.exposed import OK, Ending, Fed, Wire, endured, fail, info, notice, subscribe
from tests.simulator.client.torture.test_whole_answers import GOOD, Good

RESET: Final = info(Fault.RESET)
CUT_OFF: Final = info(Fault.CUT_OFF)


def told(ending: Ending, wire: Wire) -> set[Ending]:
    """How it may be told: some versions of Python take a reset under TLS for an end that was not said."""
    return {RESET, CUT_OFF} if ending == RESET and wire.context is not None else {ending}


def _close(peer: Peer) -> None:
    peer.sock.close()


ENDS = {"reset": (Peer.reset, RESET), "end": (Peer.end_politely, CUT_OFF), "abrupt end": (_close, CUT_OFF)}
EACH_END = pytest.mark.parametrize(("end", "ending"), ENDS.values(), ids=ENDS)
FRAMED = {name: good for name, good in GOOD.items() if not good.ends}


@EACH_END
@pytest.mark.parametrize("good", FRAMED.values(), ids=FRAMED)
def test_a_connection_that_ends_within_an_answer_is_info_at_every_byte(
    good: Good, end: Callable[[Peer], None], ending: Ending, wire: Wire, fed: Fed
) -> None:
    """Every seventh byte of an answer, all in all the seventh of every call: each has a connection of its own."""
    cuts = range(0, len(good.said), 7)

    def ending_after(cut: int) -> Callable[[Peer], None]:
        def script(peer: Peer) -> None:
            peer.read_request()
            if cut:
                fed.send(peer, good.said[:cut])
            end(peer)

        return script

    with wire.serve(*map(ending_after, cuts)) as server, wire.reach(server.url) as transport:
        assert {subscribe(transport) for _ in cuts} <= told(ending, wire)
        assert (server.connections, len(server.requests)) == (len(cuts), len(cuts))


@EACH_END
def test_a_connection_that_ends_at_any_byte_of_a_plain_answer_is_info(
    end: Callable[[Peer], None], ending: Ending, wire: Wire
) -> None:
    said = answer()

    def ending_after(cut: int) -> Callable[[Peer], None]:
        def script(peer: Peer) -> None:
            peer.read_request()
            peer.send(said[:cut])
            end(peer)

        return script

    scripts = [ending_after(cut) for cut in range(len(said) + 1)]
    with wire.serve(*scripts) as server, wire.reach(server.url) as transport:
        *within, last = [subscribe(transport) for _ in scripts]
        assert set(within) <= told(ending, wire)
        assert last == OK
        assert (server.connections, len(server.requests)) == (len(scripts), len(scripts))


@EACH_END
def test_an_answer_until_the_end_is_only_whole_where_the_end_is_said(
    end: Callable[[Peer], None], ending: Ending, wire: Wire, fed: Fed
) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        fed.send(peer, b"HTTP/1.1 200 OK\r\n\r\n" + OK_BODY)
        end(peer)

    said = end is Peer.end_politely or (end is _close and wire.context is None)
    assert endured(wire, script) in ({OK} if said else told(ending, wire))


POINTS = {"at once": 0, "in the first line": 9, "in the head": 60, "before the body": -80, "in the body": -9}


@EACH_END
@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS)
def test_a_connection_that_ends_within_a_request_is_info_and_the_request_was_not_read(
    point: int, end: Callable[[Peer], None], ending: Ending, wire: Wire
) -> None:
    """It was written all the same, and for all we know it was acted on. What lies unread makes a reset of any end."""
    with wire.serve() as server, wire.reach(server.url) as transport:
        assert subscribe(transport) == OK
        length = len(server.requests[0])

    def script(peer: Peer) -> None:
        wanted = point % length
        while wanted:
            wanted -= len(peer.sock.recv(wanted))
        if not point:
            arrived(peer.sock)
        end(peer)

    assert endured(wire, script, read=0) in {RESET} | told(ending, wire)


def arrived(sock: socket.socket) -> None:
    """Wait until there is something to read."""
    gevent.socket.wait_read(sock.fileno())


@pytest.mark.parametrize("secure", [False, True], ids=["tcp", "tls"])
def test_a_connection_that_is_reset_before_it_is_accepted_was_never_read(tls: Wire, *, secure: bool) -> None:
    """The kernel has connected it, so that a plain request is written; a handshake has not begun, so that none is."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        url = f"{'https' if secure else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
        with tls.reach(url) as transport:
            call = gevent.spawn(subscribe, transport)
            arrived(listener)
            gevent.sleep(0.01)  # whatever the client writes first is on its way; both orders end alike
            listener.close()
            assert call.get() == (fail(Fault.TLS) if secure else RESET)
            assert subscribe(transport) == fail(Fault.REFUSED)


@EACH_END
@pytest.mark.parametrize("count", [0, 1, 200])
def test_a_connection_that_ends_within_the_handshake_has_sent_nothing(
    count: int, end: Callable[[Peer], None], ending: Ending, tls: Wire
) -> None:
    def script(peer: Peer) -> None:
        if count:
            peer.sock.recv(count)
        end(peer)

    with ScriptedServer(script) as server, tls.reach(server.url.replace("http:", "https:")) as transport:
        assert subscribe(transport) == fail(Fault.TLS)
        assert server.connections == 1
    assert ending.outcome is Outcome.INFO  # as it would be afterwards


@pytest.mark.parametrize("politely", [True, False], ids=["end", "reset"])
def test_wherever_a_secured_connection_ends_the_server_has_read_the_request_once_or_never(
    tls: Wire, *, politely: bool
) -> None:
    """A relay ends it after so many bytes of the server's: of its handshake, its tickets, its answer."""

    def relay(peer: Peer) -> None:
        with socket.create_connection(("127.0.0.1", server.port)) as upstream:
            forth = gevent.spawn(_pump, peer.sock, upstream)
            try:
                whole = _pass_on(upstream, peer.sock, limits[between.connections - 1])
            finally:
                forth.kill()
            if whole:
                (Peer.end_politely if politely else Peer.reset)(peer)

    limits = list(range(1, 2000, 25))
    with (
        tls.serve() as server,
        ScriptedServer(*[relay] * len(limits)) as between,
    ):
        seen: list[Ending] = []
        for limit in limits:
            before = len(server.requests)
            with tls.reach(between.url.replace("http:", "https:")) as transport:  # no session: a whole handshake
                seen.append(subscribe(transport))
            read = len(server.requests) - before
            assert read in {fail(Fault.TLS): {0}, OK: {1}}.get(seen[-1], {0, 1}), limit
    failed, known = seen.count(fail(Fault.TLS)), seen.index(OK)
    assert set(seen[:failed]) == {fail(Fault.TLS)}
    assert set(seen[failed:known]) <= ({CUT_OFF} if politely else {RESET, CUT_OFF})
    assert set(seen[known:]) == {OK}
    assert 0 < failed < known


def _pump(source: socket.socket, target: socket.socket) -> None:
    while data := source.recv(65536):
        target.sendall(data)


def _pass_on(source: socket.socket, target: socket.socket, limit: int) -> bool:
    """Pass bytes on; whether that was all that may be passed on."""
    while limit:
        data = source.recv(limit)
        if not data:
            return False
        target.sendall(data)
        limit -= len(data)
    return True


@pytest.mark.parametrize("begun", [0, 1, 100_000])
def test_a_reset_while_the_request_is_still_being_written_is_info(begun: int, wire: Wire) -> None:
    """It is longer than what both ends hold."""

    def script(peer: Peer) -> None:
        wanted = begun
        while wanted:
            wanted -= len(peer.sock.recv(wanted))
        peer.reset()

    with wire.serve(script) as server, wire.reach(server.url) as transport:
        with pytest.raises(MaybeSent) as raised:
            transport.send(Request("/me/subscribe", b"", bytes(16 * 2**20)))
        assert info(raised.value.fault) in told(RESET, wire)
        assert (server.connections, server.requests) == (1, [])
        assert subscribe(transport) == OK
        assert (server.connections, len(server.requests)) == (2, 1)


@EACH_END
def test_a_connection_that_ended_while_idle_is_not_written_to(
    end: Callable[[Peer], None], ending: Ending, wire: Wire
) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer())
        taken.wait()
        end(peer)

    taken = Event()
    with wire.serve(script) as server, wire.reach(server.url) as transport:
        assert subscribe(transport) == OK
        taken.set()
        notice(transport)
        assert subscribe(transport) == OK
        assert (server.connections, len(server.requests)) == (2, 2)
    assert ending.outcome is Outcome.INFO  # as it would be if it were written to


@EACH_END
def test_a_connection_that_ends_just_when_it_is_written_to_is_info_and_never_tried_again(
    end: Callable[[Peer], None], ending: Ending, wire: Wire
) -> None:
    """The race of every keep-alive connection: the end has not come when the next request leaves, and crosses it."""

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer())
        arrived(peer.sock)  # the next request is on its way
        end(peer)

    with wire.serve(script) as server, wire.reach(server.url) as transport:
        assert subscribe(transport) == OK
        assert subscribe(transport) in {RESET} | told(ending, wire)  # what lies unread makes a reset of any end
        assert (server.connections, len(server.requests)) == (1, 1)
        assert subscribe(transport) == OK
        assert (server.connections, len(server.requests)) == (2, 2)


def test_a_connection_that_ended_behind_its_answer_is_told_by_the_next_request(wire: Wire) -> None:
    """The server did not say that it would close. Over TLS the end is read with the answer."""

    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(answer())
        peer.end_politely()

    with wire.serve(script) as server, wire.reach(server.url) as transport:
        assert subscribe(transport) == OK
        second = subscribe(transport)
        assert (second.outcome, len(server.requests)) == ((Outcome.OK, 2) if wire.context else (Outcome.INFO, 1))
        assert subscribe(transport) == OK
        assert server.connections == 2
