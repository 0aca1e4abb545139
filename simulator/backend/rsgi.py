"""The application as RSGI servers call it (https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md)."""

import logging
from typing import Final, Protocol

from simulator.backend import reply
from simulator.backend.app import App
from simulator.backend.authentication import Headers
from simulator.backend.reply import Reply

log = logging.getLogger(__name__)

_JSON: Final = [("content-type", "application/json; charset=utf-8")]


class Scope(Protocol):
    """What RSGI says of a request; header names are in lower case, and `path` is without the query."""

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
        answer = await self._answer(scope, await channel())
        channel.response_bytes(answer.status, [*_JSON, *answer.headers], answer.body)

    async def _answer(self, scope: Scope, body: bytes) -> Reply:
        try:
            return await self._app.handle(scope.method, scope.path, scope.headers, body)
        except Exception:  # a fault of the backend's own is answered like any server's, and told in its log
            log.exception("%s %s failed", scope.method, scope.path)
            return reply.INTERNAL_ERROR
