"""A connection of aioapns that knows what aioapns leaves out: streams that are reset, and Retry-After."""

from typing import Any, ClassVar

from aioapns.connection import APNsTLSClientProtocol
from aioapns.exceptions import ConnectionClosed
from h2.connection import H2Connection
from h2.events import Event, StreamReset

from simulator.backend.push.providers import Address


class ApnsConnection(APNsTLSClientProtocol):
    """One connection to the gateway of a subclass made by `to`."""

    waits: ClassVar[dict[str, str]]  # what Retry-After said, by the notification's id, until somebody takes it

    def __init__(self, *arguments: Any) -> None:  # noqa: ANN401 - as aioapns has them
        super().__init__(*arguments)
        self.conn = _Streams(self)

    @classmethod
    def to(cls, address: Address) -> type["ApnsConnection"]:
        """The class of connections to this address."""
        return type(
            "Gateway", (cls,), {"APNS_SERVER": address.host, "APNS_PORT": address.port, "waits": dict[str, str]()}
        )

    def on_response_received(self, headers: dict[bytes, bytes]) -> None:
        """Keep what aioapns does not, and forget whom nobody waits for any more: aioapns would fail over them."""
        number = headers.get(b"apns-id", b"").decode()
        request = self.requests.get(number)
        if request is not None and request.done():
            del self.requests[number]
        elif (wait := headers.get(b"retry-after")) is not None:
            self.waits[number] = wait.decode("latin-1")
        super().on_response_received(headers)

    def on_stream_reset(self, stream: int) -> None:
        """No answer will come on a stream."""
        number = self.request_streams.pop(stream, "")
        self.request_statuses.pop(number, None)
        self.free_channels.release()
        request = self.requests.pop(number, None)
        if request is not None and not request.done():
            request.set_exception(ConnectionClosed("the stream was reset"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell those who still wait; aioapns would fail over one that does not, and tell nobody after it."""
        self.requests = {number: request for number, request in self.requests.items() if not request.done()}
        super().connection_lost(exc)


class _Streams(H2Connection):
    """h2, but for resets, which it tells the connection of: aioapns takes them for unknown events."""

    def __init__(self, connection: ApnsConnection) -> None:
        super().__init__()
        self._connection = connection

    def receive_data(self, data: Any) -> list[Event]:  # noqa: ANN401 - whatever h2 takes for bytes
        """What came, without resets."""
        events = super().receive_data(data)
        for event in events:
            if isinstance(event, StreamReset):
                self._connection.on_stream_reset(event.stream_id or 0)
        return [event for event in events if not isinstance(event, StreamReset)]
