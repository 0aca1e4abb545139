"""Idle connections: the last one used is the next, and the others age."""

import gevent

from simulator.client import HttpTransport, Request
from tests.simulator.client.scripted_server import ScriptedServer

REQUEST = Request("/me/subscribe", b"IM-CLIENT-KEY: key\r\n", b'{"type":"ios"}')


def test_a_closed_transport_keeps_no_connection() -> None:
    with ScriptedServer() as server:
        transport = HttpTransport(server.url)
        transport.send(REQUEST)
        assert len(transport._pool) == 1
        transport.close()
        transport.send(REQUEST)
        assert len(transport._pool) == 0


def test_the_last_connection_used_is_the_next_and_those_beneath_age() -> None:
    now = [0.0]
    with ScriptedServer() as server, HttpTransport(server.url, max_idle_age=4.0, clock=lambda: now[0]) as transport:
        gevent.joinall([gevent.spawn(transport.send, REQUEST) for _ in range(6)], raise_error=True)
        left = [len(transport._pool)]
        for _ in range(7):
            now[0] += 1.0
            transport.send(REQUEST)
            left.append(len(transport._pool))
        assert left == [6, 6, 6, 6, 6, 4, 2, 1]  # a few at a time
        assert server.connections == 6


def test_of_connections_that_are_all_too_old_none_is_used_and_they_close_a_few_at_a_time() -> None:
    now = [0.0]
    with ScriptedServer() as server, HttpTransport(server.url, max_idle_age=4.0, clock=lambda: now[0]) as transport:
        gevent.joinall([gevent.spawn(transport.send, REQUEST) for _ in range(5)], raise_error=True)
        now[0] = 5.0
        assert transport._pool.take() is None
        assert len(transport._pool) == 5
        left = []
        for _ in range(4):
            transport.send(REQUEST)
            left.append(len(transport._pool))
        assert left == [4, 2, 1, 1]
        assert server.connections == 6
