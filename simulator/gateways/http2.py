"""HTTP/2 as a provider with faults speaks it: one connection."""

import asyncio
from typing import Any, Final, cast

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    RequestReceived,
    StreamEnded,
    StreamReset,
)
from h2.exceptions import H2Error
from h2.settings import SettingCodes, Settings
from hyperframe.frame import GoAwayFrame

from simulator.gateways.desk import MOST_BYTES, Desk, Fields, path_of
from simulator.gateways.faults import RESET, SLOW, STALL
from simulator.gateways.request import Answer, Request
from simulator.granians import MOST_STREAMS

_WINDOW: Final = 1 << 20  # bytes that a client may send ahead on one stream
_GRACE_SECONDS: Final = 5.0  # for the client to end a connection that goes away
_SHUTDOWN: Final = b'{"reason":"Shutdown"}'  # what APNs puts into its GOAWAY
_CONFIGURATION: Final = H2Configuration(client_side=False, header_encoding=None)


class Http2(asyncio.Protocol):
    """One connection. `open_now` holds it as long as it is open."""

    def __init__(self, desk: Desk, open_now: set[Any]) -> None:
        self._desk = desk
        self._open_now = open_now
        self._h2 = H2Connection(_CONFIGURATION)
        self._coming: dict[int, tuple[list[tuple[bytes, bytes]], bytearray]] = {}  # requests not yet whole, by stream
        self._answering: set[int] = set()  # streams whose requests were taken, and whose answers are not yet sent
        self._given_up: set[int | None] = set()  # streams that the client has reset in what it sent last
        self._bodies: dict[int, bytes] = {}  # rests of answers, for which the client's windows were too small
        self._latest = 0  # the latest stream whose request was taken
        self._is_leaving = False  # the connection goes away
        self._stalls = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, once the TLS session is set up."""
        self._transport = cast(asyncio.Transport, transport)
        self._peer = "{}:{}".format(*transport.get_extra_info("peername")[:2])
        self._open_now.add(self)
        self._h2.local_settings = Settings(
            client=False,
            initial_values={
                SettingCodes.MAX_CONCURRENT_STREAMS: MOST_STREAMS,
                SettingCodes.INITIAL_WINDOW_SIZE: _WINDOW,
                SettingCodes.MAX_HEADER_LIST_SIZE: 65_536,
            },
        )
        self._h2.initiate_connection()
        self._h2.increment_flow_control_window(_WINDOW)
        self._write()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - whose fault it is does not matter
        """Forget what was under way."""
        self._open_now.discard(self)
        self._coming.clear()

    def close(self) -> None:
        """End the connection without a word."""
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Take what the client sent."""
        if self._is_leaving:
            return
        try:
            events = self._h2.receive_data(data)
            # h2 has read all of them by now: on a stream that is reset further on, nothing can be said any more.
            self._given_up = {event.stream_id for event in events if isinstance(event, StreamReset)}
            for event in events:
                self._handle(event)
                if self._is_leaving:
                    return
        except H2Error:  # the client broke the rules, and h2 has a GOAWAY ready that says so
            self._write()
            self._transport.close()
            return
        self._send_bodies()
        self._write()

    def _handle(self, event: Event) -> None:
        match event:
            case RequestReceived(stream_id=int(stream), headers=headers):
                self._coming[stream] = headers, bytearray()
            case DataReceived(stream_id=int(stream), data=bytes(data), flow_controlled_length=int(length)):
                self._h2.acknowledge_received_data(length, stream)
                if stream in self._coming and len(self._coming[stream][1]) < MOST_BYTES:
                    self._coming[stream][1].extend(data)
            case StreamEnded(stream_id=int(stream)) if stream in self._coming:
                self._take(stream, *self._coming.pop(stream))
            case StreamReset(stream_id=int(stream)):
                self._coming.pop(stream, None)
                self._bodies.pop(stream, None)
                self._answering.discard(stream)
            case ConnectionTerminated():
                self._transport.close()

    def _take(self, stream: int, pairs: list[tuple[bytes, bytes]], body: bytearray) -> None:
        headers = Fields(pairs)
        path = path_of(headers.get(":path") or "")
        request = Request(headers.get(":method") or "", path, headers, bytes(body), self._peer)
        # A stream after this one that was taken already must not be told that it was not. And an answer that is given
        # after a GOAWAY is journaled, but clients made with h2 read nothing after one, and would send the push again.
        owed = self._coming or self._answering or self._bodies or self._stalls
        may_go_away = stream > self._latest and not owed
        answer, fault = self._desk.take(request, may_go_away=may_go_away)
        if answer is None:
            self._go_away(stream - 1)
            return
        self._latest = max(self._latest, stream)
        if stream in self._given_up:
            return
        self._answering.add(stream)
        name = "" if fault is None else fault.name
        if fault is not None and name == SLOW:
            asyncio.get_running_loop().call_later(fault.seconds, self._answer, stream, answer)
            return
        if fault is not None and name == STALL:
            self._stall(fault.seconds)
        if name == RESET:
            self._reset(stream)
        else:
            self._answer(stream, answer)

    def _answer(self, stream: int, answer: Answer) -> None:
        if stream not in self._answering or self._transport.is_closing():
            return  # the client has given it up meanwhile
        headers = [(":status", str(answer.status)), *answer.headers]
        if answer.body:
            headers.append(("content-length", str(len(answer.body))))
            self._bodies[stream] = answer.body
        # Without a body this is all: an empty DATA frame would kill aioapns.
        self._h2.send_headers(stream, headers, end_stream=not answer.body)
        self._answering.discard(stream)
        self._send_bodies()
        self._write()

    def _send_bodies(self) -> None:
        for stream, body in list(self._bodies.items()):
            room = min(self._h2.local_flow_control_window(stream), self._h2.max_outbound_frame_size)
            if room >= len(body):
                self._h2.send_data(stream, self._bodies.pop(stream), end_stream=True)
            elif room > 0:
                self._h2.send_data(stream, body[:room])
                self._bodies[stream] = body[room:]

    def _reset(self, stream: int) -> None:
        # REFUSED_STREAM would say that the push was not looked at and can be sent again, which is not so.
        self._h2.reset_stream(stream, ErrorCodes.INTERNAL_ERROR)
        self._answering.discard(stream)

    def _stall(self, seconds: float) -> None:
        self._stalls += 1
        asyncio.get_running_loop().call_later(seconds, self._resume)

    def _resume(self) -> None:
        self._stalls -= 1
        self._write()

    def _go_away(self, last: int) -> None:
        """Say that nothing after stream `last` is answered; all until then was."""
        self._write()
        self._is_leaving = True
        # Sent past h2, which would have a word to say of whatever still comes: clients made with h2 forget even the
        # answers before a GOAWAY if they read something after it in the same go.
        frame = GoAwayFrame(0, last_stream_id=last, error_code=ErrorCodes.NO_ERROR, additional_data=_SHUTDOWN)
        self._transport.write(frame.serialize())
        # The client ends the connection. If we did, and there was something of its that we had not read, it would be
        # reset, and a client that writes before it reads would lose answers that are there.
        asyncio.get_running_loop().call_later(_GRACE_SECONDS, self._transport.close)

    def _write(self) -> None:
        if not self._stalls and not self._transport.is_closing() and (data := self._h2.data_to_send()):
            self._transport.write(data)
