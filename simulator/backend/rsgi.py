"""The application as RSGI servers call it (https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md)."""

import contextlib
import logging
from typing import Any, Final, Protocol

from simulator.backend import reply
from simulator.backend.app import App
from simulator.backend.authentication import Headers
from simulator.backend.reply import Refused, Reply

log = logging.getLogger(__name__)

MOST_BYTES: Final = 1024 * 1024  # of a body
_SURELY_FEW: Final = len(str(MOST_BYTES)) - 1  # digits of a length that need not be counted
_WEBSOCKET: Final = "ws"
_GOOD_BYE: Final = 0  # the kind of message that closes a WebSocket
_JSON: Final = [("content-type", "application/json; charset=utf-8")]


class Scope(Protocol):
    """What RSGI says of a request, or of a WebSocket to be (`proto` "ws").

    Header names are in lower case, `path` is percent-decoded and without the query.
    """

    proto: str
    method: str
    path: str
    headers: Headers


class Channel(Protocol):
    """RSGI's protocol object: the request's body, and where the answer goes."""

    async def __call__(self) -> bytes:
        """The whole body; raises if the client went away in the middle of it."""
        ...

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Send the answer."""
        ...


class WebSocket(Protocol):
    """RSGI's protocol object of a connection that asks to be a WebSocket."""

    async def accept(self) -> Any:  # noqa: ANN401 - granian's transport: `receive` gives messages, of kind 0 at the end
        """Say that it is one now."""
        ...

    def close(self, status: int | None = None) -> object:
        """Close it; before it was accepted, with this HTTP status and no body."""
        ...


class Rsgi:
    """An RSGI application around an `App`."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __rsgi__(self, scope: Scope, channel: Any) -> None:  # noqa: ANN401 - a Channel or a WebSocket, by scope.proto
        """Answer one request, or hold a WebSocket until its client goes."""
        if scope.proto == _WEBSOCKET:
            await self._hold(scope, channel)
            return
        answer = await self._answer(scope, channel)
        channel.response_bytes(answer.status, [*_JSON, *answer.headers], answer.body)

    async def _answer(self, scope: Scope, channel: Channel) -> Reply:
        try:
            headers = scope.headers  # once: granian copies them all each time
            body = await _body(headers, channel)
            return await self._app.handle(scope.method, scope.path, headers, body)
        except Refused as refused:
            return refused.reply
        except Exception:  # a fault of the backend's own is answered like any server's, and told in its log
            log.exception("%s %s failed", scope.method, scope.path)
            return reply.INTERNAL_ERROR

    async def _hold(self, scope: Scope, socket: WebSocket) -> None:
        try:
            async with self._app.connected(scope.path, scope.headers):
                await _until_left(await socket.accept())
        except Refused as refused:
            socket.close(refused.reply.status)
        except Exception:
            log.exception("the socket at %s failed", scope.path)
        socket.close()


async def _until_left(transport: Any) -> None:  # noqa: ANN401 - granian's
    """Wait until a WebSocket's client says good-bye, or is gone; what it says is not for us."""
    with contextlib.suppress(Exception):  # granian has no name for what a connection that is cut raises
        while (await transport.receive()).kind != _GOOD_BYE:
            pass


async def _body(headers: Headers, channel: Channel) -> bytes:
    """The request's body. Raises Refused, with nothing read, if it is too long or might be, or if it is cut short.

    Without a length granian offers to read either all of a body, however long, or part by part, and then it does not
    tell one that was cut short from a whole one.
    """
    length = headers.get("content-length")
    if length is None:
        if headers.get("transfer-encoding") is not None:
            raise Refused(reply.LENGTH_REQUIRED)
        return b""
    # Without the zeros in front, of which there may be more than `int` takes.
    if len(length) > _SURELY_FEW and int(length.lstrip("0") or "0") > MOST_BYTES:
        raise Refused(reply.TOO_LARGE)
    try:
        return await channel()
    except Exception:  # noqa: BLE001 - granian has no name for it: the client went away, or breaks the protocol
        raise Refused(reply.INCOMPLETE) from None
