"""HTTP/1.1 as a provider with faults speaks it: one connection."""

import asyncio
import socket
from struct import pack
from typing import Any, Final, cast

import h11

from simulator.gateways.desk import MOST_BYTES, Desk, Fields, path_of
from simulator.gateways.faults import DELAYS, RESET
from simulator.gateways.request import Answer, Request

_RESET_ON_CLOSE: Final = pack("ii", 1, 0)  # SO_LINGER for no time at all


class Http1(asyncio.Protocol):
    """One connection, one request after the other. `open_now` holds it as long as it is open."""

    def __init__(self, desk: Desk, open_now: set[Any]) -> None:
        self._desk = desk
        self._open_now = open_now
        self._h11 = h11.Connection(h11.SERVER)
        self._head: h11.Request | None = None
        self._body = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, once the TLS session is set up."""
        self._transport = cast(asyncio.Transport, transport)
        self._peer = "{}:{}".format(*transport.get_extra_info("peername")[:2])
        self._open_now.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - whose fault it is does not matter
        """Forget what was under way."""
        self._open_now.discard(self)

    def close(self) -> None:
        """End the connection without a word."""
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Take what the client sent."""
        self._h11.receive_data(data)
        self._advance()

    def _advance(self) -> None:
        """Take what is there of the next request."""
        try:
            while self._handle(self._h11.next_event()):
                pass
        except h11.RemoteProtocolError as error:
            if self._h11.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                self._answer(Answer(error.error_status_hint, (("connection", "close"),), b"This is no HTTP/1.1.\n"))
            self._transport.close()

    def _handle(self, event: h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]) -> bool:
        """Whether there may be more."""
        match event:
            case h11.Request():
                self._head, self._body = event, bytearray()
            case h11.Data():
                if len(self._body) < MOST_BYTES:
                    self._body.extend(event.data)
            case h11.EndOfMessage():
                self._take()
                return False
            case h11.ConnectionClosed():
                self._transport.close()
                return False
            case _:
                if self._h11.they_are_waiting_for_100_continue:
                    self._send(h11.InformationalResponse(status_code=100, headers=[]))
                return False
        return True

    def _take(self) -> None:
        head = cast(h11.Request, self._head)
        request = Request(
            head.method.decode(),
            path_of(head.target.decode("latin-1")),
            Fields(head.headers),
            bytes(self._body),
            self._peer,
        )
        answer, fault = self._desk.take(request)
        if answer is None:
            self._transport.close()
        elif fault is not None and fault.name == RESET:
            self._reset()
        elif fault is not None and fault.name in DELAYS:
            asyncio.get_running_loop().call_later(fault.seconds, self._answer_and_go_on, answer)
        else:
            self._answer_and_go_on(answer)

    def _answer_and_go_on(self, answer: Answer) -> None:
        if self._transport.is_closing():
            return  # the client has given it up meanwhile
        self._answer(answer)
        if self._h11.our_state is not h11.DONE:
            self._transport.close()
            return
        self._h11.start_next_cycle()
        # Called later: each of any number of requests that came at once would be one more call inside the last.
        asyncio.get_running_loop().call_soon(self._advance)

    def _answer(self, answer: Answer) -> None:
        headers = [*answer.headers, ("content-length", str(len(answer.body)))]
        self._send(h11.Response(status_code=answer.status, headers=headers))
        if answer.body:
            self._send(h11.Data(data=answer.body))
        self._send(h11.EndOfMessage())

    def _send(self, event: h11.Event) -> None:
        self._transport.write(self._h11.send(event) or b"")

    def _reset(self) -> None:
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._transport.abort()
