"""One keep-alive connection: a request goes out, one answer is parsed off it.

A watcher on the socket stays with the event loop for as long as the connection lives: its callback reads and feeds the
parser, and the turn then switches to the greenlet that waits, as it sends what is to be sent. Starting and stopping a
watcher for every wait, as gevent's sockets do, costs several times what the parser does; so does a timer for every
request, so there is one a connection, and it is only looked after when it fires.
"""

import math
import ssl
from collections.abc import Callable
from time import monotonic, monotonic_ns
from typing import Any, Final, Protocol

import gevent
from greenlet import getcurrent

from simulator.client.parsing import AnswerReader
from simulator.client.timeouts import Timeouts
from simulator.client.transport import CutOff, Ended, MaybeSent, Reset, Response, TimedOut
from simulator.client.turn import Turn

_READABLE, _WRITABLE = 1, 2  # libev's
_BEHIND_READING: Final = -1  # a timer of this priority waits for what else there is to do in its round of the loop
_STOOD_STILL: Final = 0.1  # seconds that a timer was late
_AGAIN: Final = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Socket(Protocol):
    """What a connection needs of a connected socket that never waits."""

    def send(self, data: bytes, /) -> int:
        """Write what can be written now, and return how much that was."""

    def recv_into(self, buffer: memoryview, /) -> int:
        """Read what is there; how many bytes that was."""

    def recv(self, size: int, /) -> bytes:
        """The same, in bytes of their own."""

    def fileno(self) -> int:
        """Return the descriptor."""

    def close(self) -> None:
        """Close at once."""


class Connection:
    """A connected socket with its parser. Used by one greenlet at a time, of the hub that it was made in."""

    __slots__ = (
        "_answer",
        "_began",
        "_failure",
        "_hub",
        "_may_hide",
        "_rings",
        "_room",
        "_sock",
        "_switch",
        "_timeouts",
        "_timer",
        "_turn",
        "_unsent",
        "_waiting",
        "_watcher",
        "idle_since",
        "quiet",
        "reusable",
    )

    def __init__(self, sock: Socket, timeouts: Timeouts, turn: Turn | None = None, *, in_records: bool = False) -> None:
        """Take over `sock`, which must not block; `in_records`: one read brings one record of TLS, however short.

        `turn` is that of the connections to the same server.
        """
        self._sock = sock
        self._timeouts = timeouts
        self._turn = turn or Turn()
        self._answer = AnswerReader()
        self._room = self._turn.room
        self._may_hide = 1 if in_records else len(self._room)  # a read of so many bytes may have left more behind
        self._hub: Any = gevent.get_hub()
        self._switch: Callable[[], object] = self._hub.switch
        self._waiting: Any = None  # the greenlet in `exchange`
        self._failure: MaybeSent | Ended | None = None
        self._unsent = b""  # of the request
        self._began = 0.0
        self._timer: Any = None  # runs from some exchange on until it fires, whatever became of that exchange
        self._rings = math.inf  # when it should, in seconds
        self.quiet = True  # nothing was received that nobody waited for
        self.idle_since = 0.0
        self.reusable = True  # whether another exchange may follow
        self._watcher: Any = self._hub.loop.io(sock.fileno(), _READABLE)
        self._watcher.start(self._readable)

    def exchange(self, data: bytes) -> Response:
        """Write `data` once and read the whole answer, all in time. Raises Ended, or a leaf of MaybeSent.

        Afterwards, and after any exception, `reusable` says whether the connection can carry another exchange.
        """
        self.reusable = False
        answer = self._answer
        answer.begin()
        now = self._began = monotonic()
        if self._timer is None:
            self._start_timer(self._timeouts.shortest)
        self._waiting = getcurrent()
        self._unsent = data
        self._turn.hold(self._begin_to_send, now)
        try:
            self._switch()
            if not answer.complete:
                self._see_through()
        finally:
            self._waiting = None
        self.reusable = answer.reusable and not self._unsent
        return answer.response()

    def _see_through(self) -> None:
        """Send the rest of a request that the socket did not take at once, and wait for the answer to it."""
        if self._unsent and self._failure is None:
            self._send_rest()
        while not self._answer.complete:
            if self._failure is not None:
                raise self._failure
            self._switch()

    def write(self, data: bytes) -> None:
        """Write what can be written now of `data`, whose answer nobody will read. Raises Reset."""
        self.reusable = False
        self._send(data)

    def is_quiet(self) -> bool:
        """Whether an idle connection is still open and owes nothing: otherwise it must not be written to.

        The event loop may not have come round to reading it yet, so this reads. Reading, rather than polling the
        descriptor, lets TLS digest what is its own, such as a late session ticket.
        """
        if self.quiet:
            self._readable()
        return self.quiet

    def close(self) -> None:
        """Close the socket, at once and for good."""
        self.reusable = False
        self.quiet = False
        self._answer.close()
        self._watcher.close()  # before the descriptor is somebody else's
        if self._timer is not None:
            self._timer.close()
        self._sock.close()

    def _readable(self) -> None:
        """Read what has come, and wake whoever waits once it is an answer. The event loop calls this."""
        waiting, answer, room = self._waiting, self._answer, self._room
        try:
            while True:  # TLS may hold more than one piece, and the descriptor would not say so
                size = self._sock.recv_into(room)
                if waiting is None or answer.complete or not answer.sent:
                    self._stray()  # the end, or an answer that nobody asked for
                    return
                if answer.feed(bytes(room[:size])):
                    break
        except _AGAIN:
            return
        except MaybeSent as error:
            self._fail(error)
        except ssl.SSLEOFError:
            self._fail(CutOff(f"The connection was closed after {answer.received} bytes of the answer."))
        except OSError as error:
            self._fail(_broken(error))
        else:
            answer.done = monotonic_ns()
            if size >= self._may_hide:
                self._look_behind()
            self._turn.add(self._go_on)

    def _go_on(self) -> None:
        """Wake whoever waits: the answer is there, or not all of the request was sent."""
        if self._waiting is not None and (self._unsent or self._answer.complete or self._failure):
            self._waiting.switch()  # otherwise they were interrupted meanwhile

    def _look_behind(self) -> None:
        """See what was received besides the answer: the next request must not be answered by it."""
        try:
            self._sock.recv(1)
        except _AGAIN:
            return
        except OSError:
            pass
        self._answer.reusable = False  # surplus, or the end

    def _stray(self) -> None:
        self.quiet = False
        self._watcher.stop()

    def _fail(self, error: MaybeSent) -> None:
        if self._waiting is None or self._answer.complete or not self._answer.sent:
            self._stray()
            return
        self._failure = error
        self._waiting.switch()

    def _begin_to_send(self) -> None:
        """Write what can be written now; the turn calls this, wherever it is, so that it must not switch."""
        if self._waiting is None:  # interrupted before a byte left
            return
        data, sent = self._unsent, 0
        try:
            if self.quiet:
                self._answer.sent = monotonic_ns()
                sent = self._sock.send(data)
            else:  # while it was held
                self._failure = Ended("The server ended the connection before anything was sent.")
        except _AGAIN:
            pass
        except OSError as error:
            self._failure = _broken(error)
        self._unsent = data[sent:]
        if self._unsent:
            self._turn.add(self._go_on)

    def _send(self, data: bytes) -> int:
        try:
            return self._sock.send(data)
        except _AGAIN:
            return 0
        except OSError as error:
            raise _broken(error) from None

    def _send_rest(self) -> None:
        """Write on as the socket takes it, until the answer, or the end, is there."""
        writable: Any = self._hub.loop.io(self._sock.fileno(), _WRITABLE)
        writable.start(self._waiting.switch)
        try:
            while self._unsent:
                self._switch()
                if self._answer.complete or self._failure:
                    return
                self._unsent = self._unsent[self._send(self._unsent) :]
        finally:
            writable.close()

    def _start_timer(self, seconds: float, *, again: bool = True) -> None:
        self._rings = monotonic() + seconds if again else math.inf
        self._timer = self._hub.loop.timer(seconds, priority=_BEHIND_READING)
        self._timer.start(self._look_at_the_clock)

    def _look_at_the_clock(self) -> None:
        """Let an exchange fail that has taken too long; the timer may have been started for an earlier one."""
        self._timer.close()
        self._timer = None
        if self._waiting is None or self._answer.complete:
            return
        timeouts, now, sent = self._timeouts, monotonic(), self._answer.sent
        if now - self._rings > _STOOD_STILL:  # the event loop did, perhaps with the whole machine: none of the server's
            self._start_timer(min(now - self._rings, timeouts.shortest), again=False)
            return
        taken = now - (sent / 1e9 if sent else self._began)
        if not self._answer.received and taken >= timeouts.first_byte:
            self._fail(TimedOut(f"No byte of an answer came within {timeouts.first_byte:g} s."))
        elif taken >= timeouts.answer:
            self._fail(TimedOut(f"The answer was not complete within {timeouts.answer:g} s."))
        else:
            left = timeouts.answer if self._answer.received else timeouts.first_byte
            # Never longer than the shortest: the next exchange relies on a timer that runs already.
            self._start_timer(min(left - taken, timeouts.shortest))


def _broken(error: OSError) -> Reset:
    return Reset(f"The connection broke before the answer was complete: {error.strerror or error}.")
