import errno
import socket
import time
from collections.abc import Iterator
from typing import Final

import gevent
import pytest

from simulator.client.connection import Connection
from simulator.client.timeouts import Timeouts
from simulator.client.transport import CutOff, Reset, Response, TimedOut

OK: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
HI: Final = Response(200, {b"content-length": b"2"}, b"hi")
TIMEOUTS: Final = Timeouts(first_byte=5.0, answer=5.0)
LONG: Final = 16 * 1024 * 1024  # bytes: more than any socket takes at once


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Our end, which does not block, and the server's, which the test reads and writes when it likes."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    with theirs:
        yield ours, theirs


def later(connection: Connection, data: bytes = b"request") -> "gevent.Greenlet[..., Response]":
    """An exchange that has been begun, its request sent, and waits."""
    exchange = gevent.spawn(connection.exchange, data)
    gevent.sleep(0)
    gevent.sleep(0)  # what is sent goes out when nobody else is left in the round
    return exchange


def stand_still(seconds: float) -> None:
    """Keep the event loop from everything."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


def test_a_request_is_written_once_and_its_answer_read(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    connection = Connection(ours, TIMEOUTS)
    for _ in range(3):
        exchange = later(connection)
        assert theirs.recv(100) == b"request"
        theirs.send(b"HTTP/1.1 100 Continue\r\n\r\n" + OK[:20])
        gevent.sleep(0)
        theirs.send(OK[20:])
        assert exchange.get() == HI
        assert connection.reusable
    connection.close()
    assert theirs.recv(100) == b""


def test_a_long_request_is_written_whole_as_the_server_takes_it(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    connection = Connection(ours, TIMEOUTS)
    data = bytes(range(256)) * (LONG // 256)
    exchange = later(connection, data)
    taken = bytearray()
    while len(taken) < LONG:
        try:
            taken += theirs.recv(2**20)
        except BlockingIOError:
            gevent.sleep(0)
    assert taken == data
    theirs.send(OK)
    assert exchange.get() == HI
    assert connection.reusable
    connection.close()


def test_an_answer_before_the_request_was_whole_is_taken_and_ends_the_connection(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = pair
    connection = Connection(ours, TIMEOUTS)
    exchange = later(connection, bytes(LONG))
    theirs.send(OK)
    assert exchange.get() == HI
    assert not connection.reusable
    connection.close()


@pytest.mark.parametrize("data", [b"request", bytes(LONG)], ids=["short", "long"])
@pytest.mark.parametrize(("said", "error"), [(b"", CutOff), (OK[:-1], CutOff)])
def test_a_server_that_goes_away_cuts_the_answer_off(
    pair: tuple[socket.socket, socket.socket], data: bytes, said: bytes, error: type[Exception]
) -> None:
    ours, theirs = pair
    connection = Connection(ours, TIMEOUTS)
    exchange = later(connection, data)
    theirs.send(said)
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(error):
        exchange.get()
    assert not connection.reusable
    connection.close()


class Broken:
    """A socket that breaks in its own way."""

    def __init__(self, inner: socket.socket, *, sending: OSError | None = None, reading: OSError | None = None) -> None:
        self._inner, self._sending, self._reading = inner, sending, reading
        self.fileno, self.close = inner.fileno, inner.close

    def send(self, data: bytes) -> int:
        if self._sending is not None:
            raise self._sending
        return self._inner.send(data)

    def recv_into(self, buffer: memoryview) -> int:
        if self._reading is not None:
            raise self._reading
        return self._inner.recv_into(buffer)

    def recv(self, size: int) -> bytes:
        return self._inner.recv(size)


@pytest.mark.parametrize(
    "error", [ConnectionResetError(errno.ECONNRESET, "reset"), BrokenPipeError(errno.EPIPE, "pipe")]
)
def test_a_connection_that_breaks_is_a_reset_while_writing_and_while_reading(
    pair: tuple[socket.socket, socket.socket], error: OSError
) -> None:
    ours, theirs = pair
    theirs.send(OK)  # so that there is something to read
    for broken in (Broken(ours, reading=error), Broken(ours, sending=error)):
        connection = Connection(broken, TIMEOUTS)
        with pytest.raises(Reset):
            connection.exchange(b"request")
        assert not connection.reusable
        connection._watcher.close()
    ours.close()


@pytest.mark.parametrize(
    ("timeouts", "said", "told"),
    [
        (Timeouts(first_byte=0.05, answer=60.0), b"", "No byte of an answer came within 0.05 s."),
        (Timeouts(first_byte=60.0, answer=0.05), b"", "The answer was not complete within 0.05 s."),
        (Timeouts(first_byte=60.0, answer=0.05), OK[:-1], "The answer was not complete within 0.05 s."),
        (Timeouts(first_byte=0.02, answer=0.05), OK[:-1], "The answer was not complete within 0.05 s."),
    ],
)
def test_each_phase_has_its_own_time_out(
    pair: tuple[socket.socket, socket.socket], timeouts: Timeouts, said: bytes, told: str
) -> None:
    ours, theirs = pair
    connection = Connection(ours, timeouts)
    exchange = later(connection)
    theirs.send(said)
    with pytest.raises(TimedOut) as raised:
        exchange.get()
    assert str(raised.value) == told
    connection.close()


def test_an_exchange_is_not_ended_by_the_clock_of_the_one_before(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    connection = Connection(ours, Timeouts(first_byte=0.2, answer=0.2))
    exchange = later(connection)
    theirs.send(OK)
    assert exchange.get() == HI
    gevent.sleep(0.15)  # the timer of the first exchange is about to fire
    exchange = later(connection)
    gevent.sleep(0.1)  # it has fired
    theirs.send(OK)
    assert exchange.get() == HI
    exchange = later(connection)
    with pytest.raises(TimedOut):
        exchange.get()
    connection.close()


@pytest.mark.parametrize(("answered", "seconds"), [("before", 0.25), ("before", 0.4), ("behind", 0.4)])
def test_an_event_loop_that_stood_still_lets_no_exchange_fail(
    pair: tuple[socket.socket, socket.socket], answered: str, seconds: float
) -> None:
    ours, theirs = pair
    connection = Connection(ours, Timeouts(first_byte=0.2, answer=0.2))
    exchange = later(connection)
    gevent.sleep(0)  # it is sent
    if answered == "before":
        theirs.send(OK)
    stand_still(seconds)
    if answered == "behind":  # the server stood still, too
        gevent.sleep(0.01)
        theirs.send(OK)
    assert exchange.get() == HI
    connection.close()


def test_an_event_loop_that_stands_still_again_and_again_ends_an_exchange_all_the_same(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, _ = pair
    connection = Connection(ours, Timeouts(first_byte=0.1, answer=0.1))
    exchange = later(connection)
    for _ in range(5):
        gevent.sleep(0.001)
        stand_still(0.25)
    with pytest.raises(TimedOut):
        exchange.get(block=False)
    connection.close()


def test_an_idle_connection_is_quiet_while_nothing_can_be_read(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    connection = Connection(ours, TIMEOUTS)
    assert connection.is_quiet()
    theirs.send(b"x")
    assert connection.quiet  # the event loop has not come round to it
    assert not connection.is_quiet()
    assert not connection.quiet
    connection.close()


@pytest.mark.parametrize("said", [b"", b"x"])
def test_the_event_loop_tells_of_an_idle_connection_that_ended(
    pair: tuple[socket.socket, socket.socket], said: bytes
) -> None:
    ours, theirs = pair
    connection = Connection(ours, TIMEOUTS)
    theirs.send(said)
    theirs.shutdown(socket.SHUT_RDWR)
    with gevent.Timeout(10):
        while connection.quiet:
            gevent.sleep(0)
    assert not connection.is_quiet()
    connection.close()


def test_two_responses_are_equal_that_say_the_same_whenever_that_was() -> None:
    later, other = HI._replace(done=5, sent=3), HI._replace(status=201, done=5)
    assert (later == HI, later != HI, hash(later) == hash(HI)) == (True, False, True)
    assert (other == HI, other != HI) == (False, True)
