"""The application as RSGI servers call it (https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md)."""

import logging
from typing import Final, Protocol

from simulator.backend import reply
from simulator.backend.app import App
from simulator.backend.authentication import Headers
from simulator.backend.reply import Refused, Reply

log = logging.getLogger(__name__)

MOST_BYTES: Final = 1024 * 1024  # of a body
_SURELY_FEW: Final = len(str(MOST_BYTES)) - 1  # digits of a length that need not be counted
_JSON: Final = [("content-type", "application/json; charset=utf-8")]


class Scope(Protocol):
    """What RSGI says of a request; header names are in lower case, `path` is percent-decoded and without the query."""

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


class Rsgi:
    """An RSGI application, HTTP only, around an `App`."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __rsgi__(self, scope: Scope, channel: Channel) -> None:
        """Answer one request."""
        answer = await self._answer(scope, channel)
        channel.response_bytes(answer.status, [*_JSON, *answer.headers], answer.body)

    async def _answer(self, scope: Scope, channel: Channel) -> Reply:
        try:
            body = await _body(scope.headers, channel)
            return await self._app.handle(scope.method, scope.path, scope.headers, body)
        except Refused as refused:
            return refused.reply
        except Exception:  # a fault of the backend's own is answered like any server's, and told in its log
            log.exception("%s %s failed", scope.method, scope.path)
            return reply.INTERNAL_ERROR


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
    if len(length) > _SURELY_FEW and int(length) > MOST_BYTES:
        raise Refused(reply.TOO_LARGE)
    try:
        return await channel()
    except Exception:  # noqa: BLE001 - granian has no name for it: the client went away, or breaks the protocol
        raise Refused(reply.INCOMPLETE) from None
