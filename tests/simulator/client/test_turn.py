"""What came together is dated before anybody acts on it."""

import socket
import time

import gevent

from simulator.client.connection import Connection
from simulator.client.timeouts import Timeouts
from simulator.client.transport import Response
from simulator.client.turn import Turn

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"


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


def test_who_was_interrupted_meanwhile_is_not_woken_by_an_answer() -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    connection = Connection(ours, Timeouts())
    theirs.sendall(ANSWER)
    assert gevent.spawn(connection.exchange, b"request").get(timeout=30).body == b"hi"
    connection._go_on()  # the greenlet waits for something else by now, if for anything
    assert connection.reusable
    connection.close()
    theirs.close()
