"""What came together is dated before anybody acts on it, and what is asked then goes out together."""

import socket
import time
from collections.abc import Callable, Iterator
from typing import Final

import gevent
import pytest

from simulator.client.connection import Connection
from simulator.client.http import HttpTransport
from simulator.client.timeouts import Timeouts
from simulator.client.transport import Ended, Request, Response
from simulator.client.turn import LONGEST_HELD, MOST, OF_MORE, Turn
from tests.simulator.client.scripted_server import OK_BODY, ScriptedServer, serve_forever

REQUEST: Final = Request("/me/subscribe", b"IM-CLIENT-KEY: k\r\n", b'{"type":"ios"}')
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"


@pytest.fixture
def pair() -> Iterator[tuple[Connection, socket.socket]]:
    """A connection, and the server's end of it, which does not block."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    connection = Connection(ours, Timeouts())
    with theirs:
        yield connection, theirs
    connection.close()


def test_answers_that_came_together_are_dated_before_anybody_acts_on_one() -> None:
    turn, pairs = Turn(), [socket.socketpair() for _ in range(20)]
    for ours, _ in pairs:
        ours.setblocking(False)
    connections = [Connection(ours, Timeouts(), turn) for ours, _ in pairs]
    acted = list[int]()

    def ask(connection: Connection) -> Response:
        response = connection.exchange(b"request")
        acted.append(time.monotonic_ns())
        return response

    for _, theirs in pairs:
        theirs.sendall(ANSWER)
    asking = [gevent.spawn(ask, connection) for connection in connections]
    responses = [each.get(timeout=30) for each in asking]
    assert {(response.status, response.body) for response in responses} == {(200, b"hi")}
    assert 0 < max(response.done for response in responses) <= min(acted)
    for connection, (_, theirs) in zip(connections, pairs, strict=True):
        assert connection.is_quiet()
        assert connection.reusable
        connection.close()
        theirs.close()


def test_who_was_interrupted_meanwhile_is_not_woken_by_an_answer(pair: tuple[Connection, socket.socket]) -> None:
    connection, theirs = pair
    theirs.sendall(ANSWER)
    assert gevent.spawn(connection.exchange, b"request").get(timeout=30).body == b"hi"
    connection._go_on()  # the greenlet waits for something else by now, if for anything
    assert connection.reusable


def test_requests_go_out_when_nobody_is_left_who_goes_on_in_the_round() -> None:
    turn, done = Turn(), list[str]()
    loop = gevent.get_hub().loop

    def ask(name: str) -> None:
        done.append(f"{name} is made")
        turn.hold(lambda: done.append(f"{name} is sent"), 5.0)

    for name in ("one", "two", "three"):
        loop.run_callback(ask, name)
    gevent.sleep(0)
    gevent.sleep(0)
    assert done == [
        *("one is made", "two is made", "three is made"),
        *("one is sent", "two is sent", "three is sent"),
    ]


def test_no_request_is_held_for_long() -> None:
    turn, sent = Turn(), list[str]()
    turn.hold(lambda: sent.append("one"), 5.0)
    turn.hold(lambda: sent.append("two"), 5.0 + LONGEST_HELD / 2)
    assert sent == []
    turn.hold(lambda: sent.append("three"), 5.0 + LONGEST_HELD * 1.01)
    assert sent == ["one", "two", "three"]
    turn.hold(lambda: sent.append("four"), 6.0)
    turn.hold(lambda: sent.append("five"), 6.0 + LONGEST_HELD / 2)
    assert len(sent) == 3
    gevent.sleep(0)
    assert sent == ["one", "two", "three", "four", "five"]


def test_a_request_whose_greenlet_is_killed_while_it_is_held_is_never_sent(
    pair: tuple[Connection, socket.socket],
) -> None:
    connection, theirs = pair
    asking: gevent.Greenlet[..., Response] = gevent.spawn(connection.exchange, b"request")
    gevent.get_hub().loop.run_callback(asking.throw, gevent.GreenletExit)  # before its turn ends
    asking.join(timeout=30)
    gevent.sleep(0.01)
    with pytest.raises(BlockingIOError):
        theirs.recv(100)


def test_a_request_is_dated_when_it_leaves(pair: tuple[Connection, socket.socket]) -> None:
    connection, theirs = pair
    theirs.sendall(ANSWER)
    made = list[int]()

    def ask() -> Response:
        made.append(time.monotonic_ns())
        return connection.exchange(b"request")

    def hold_up() -> None:
        time.sleep(0.001)
        made.append(time.monotonic_ns())

    asking: gevent.Greenlet[..., Response] = gevent.spawn(ask)
    gevent.get_hub().loop.run_callback(hold_up)
    response = asking.get(timeout=30)
    assert made[0] < made[1] <= response.sent <= response.done


def test_where_many_go_on_at_once_others_are_read_meanwhile() -> None:
    turn, loop, rounds = Turn(), gevent.get_hub().loop, list[int]()
    polls = [0]

    def polled() -> None:
        polls[0] += 1

    check = loop.check()
    check.start(polled)
    for _ in range(3 * MOST + 1):
        turn.add(lambda: rounds.append(polls[0]))
    with gevent.Timeout(30):
        while len(rounds) <= 3 * MOST:
            gevent.sleep(0)
    check.close()
    few = (2 * MOST + 1) // OF_MORE + 1  # rounds until the rest is no more than go on in one
    assert [rounds.count(each) for each in sorted(set(rounds))] == [*[OF_MORE] * few, 3 * MOST + 1 - few * OF_MORE]


@pytest.mark.parametrize("said", [b"", ANSWER], ids=["the end", "an answer"])
def test_what_comes_while_a_request_is_held_is_no_answer_to_it_and_it_is_not_sent(
    said: bytes, pair: tuple[Connection, socket.socket]
) -> None:
    connection, theirs = pair

    def meanwhile() -> None:
        theirs.send(said) if said else theirs.shutdown(socket.SHUT_WR)
        connection._readable()  # as the event loop would

    asking: gevent.Greenlet[..., Response] = gevent.spawn(connection.exchange, b"request")
    gevent.get_hub().loop.run_callback(meanwhile)
    asking.join(timeout=30)
    assert isinstance(asking.exception, Ended)
    assert not connection.reusable
    with pytest.raises(BlockingIOError):
        theirs.recv(100)


def test_a_connection_that_ends_while_its_request_is_held_is_not_used_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with ScriptedServer(serve_forever) as server, HttpTransport(server.url) as transport:
        transport.send(REQUEST)
        kept = transport._pool._idle[0]
        hold = Turn.hold

        def ending(turn: Turn, send: Callable[[], None], now: float) -> None:
            monkeypatch.setattr(Turn, "hold", hold)
            kept.quiet = False
            hold(turn, send, now)

        monkeypatch.setattr(Turn, "hold", ending)
        assert transport.send(REQUEST).body == OK_BODY
        assert (server.connections, len(server.requests)) == (2, 2)
