"""A call that is exposed to a server's worst: how it ended, how often it was sent, and what became of the next one."""

import ssl
from typing import Any, Final, NamedTuple

import gevent
from gevent.event import Event

from simulator.client import Client, Fault, HttpTransport, Outcome, Timeouts
from tests.simulator.client.scripted_server import Peer, Script, ScriptedServer, serve_forever

PATIENCE: Final = 30.0  # seconds: a bound on a test that hangs, no measure of anything


class Ending(NamedTuple):
    """How a call ended."""

    outcome: Outcome
    fault: Fault
    status: int = 0


OK = Ending(Outcome.OK, Fault.NONE, 200)


def info(fault: Fault, status: int = 0) -> Ending:
    """It is not known whether the server acted."""
    return Ending(Outcome.INFO, fault, status)


def fail(fault: Fault) -> Ending:
    """It is known that the server did not act."""
    return Ending(Outcome.FAIL, fault)


class Wire(NamedTuple):
    """What calls go over: plain TCP, or TLS if there is a context."""

    context: ssl.SSLContext | None
    ca_file: str | None
    host: str = "127.0.0.1"

    def serve(self, *scripts: Script) -> ScriptedServer:
        """A server that plays a script a connection, and after the last behaves."""
        return ScriptedServer(*scripts, context=self.context, host=self.host)

    def reach(self, url: str, **timeouts: float) -> HttpTransport:
        """The transport under test."""
        return HttpTransport(url, ca_file=self.ca_file, timeouts=Timeouts(**timeouts))


class Fed:
    """How many bytes of answers the client has taken in, so that a server can wait for that."""

    def __init__(self) -> None:
        self.bytes = 0
        self._more = Event()

    def take(self, count: int) -> None:
        """So many more have been taken in."""
        self.bytes += count
        self._more.set()

    def send(self, peer: Peer, *pieces: bytes) -> None:
        """Send each piece when the client has taken in those before it."""
        for piece in pieces:
            wanted = self.bytes + len(piece)
            peer.send(piece)
            while self.bytes < wanted:
                self._more.clear()
                self._more.wait()


def subscribe(transport: HttpTransport) -> Ending:
    """One call, as phones make it."""
    answer = Client(transport, client_key="k").subscribe(b"person", "ios", "ab" * 32, "device")
    return Ending(answer.outcome, answer.fault, answer.status)


def notice(transport: HttpTransport) -> None:
    """Wait until the event loop has come round to what has come on the idle connection."""
    (idle,) = transport._pool._idle
    with gevent.Timeout(PATIENCE):
        while idle.quiet:
            gevent.sleep(0.001)


def answering(*pieces: bytes) -> Script:
    """Read a request, answer with these bytes, and behave from then on."""

    def script(peer: Peer) -> None:
        peer.read_request()
        for piece in pieces:
            peer.send(piece)
        serve_forever(peer)

    return script


def endured(wire: Wire, script: Script, *, read: int = 1, kept: bool = False, **timeouts: Any) -> Ending:  # noqa: ANN401 - seconds
    """How a call ends on a connection that plays this script; the server must have read `read` requests, and no more.

    The call after it must be answered well: on the same connection if that is `kept`, and otherwise on a new one.
    """
    with wire.serve(script) as server, wire.reach(server.url, **timeouts) as transport:
        ended = subscribe(transport)
        assert (server.connections, len(server.requests)) == (1, read)
        transport._timeouts = Timeouts()  # those of the case may be too short for a busy machine
        assert subscribe(transport) == OK
        assert (server.connections, len(server.requests)) == (1 if kept else 2, read + 1)
    return ended
