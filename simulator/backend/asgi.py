"""The application as ASGI servers call it."""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from simulator.backend import reply
from simulator.backend.app import App
from simulator.backend.reply import Reply

log = logging.getLogger(__name__)

Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]

_JSON: Final = (b"content-type", b"application/json; charset=utf-8")


class Asgi:
    """An ASGI 3 application, HTTP only, around an `App`."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        """Answer one request."""
        body = await _body(receive)
        if body is None:
            return
        answer = await self._answer(scope, body)
        length = (b"content-length", b"%d" % len(answer.body))
        await send({"type": "http.response.start", "status": answer.status, "headers": [_JSON, length, *answer.headers]})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Event, body: bytes) -> Reply:
        try:
            return await self._app.handle(scope["method"], scope["path"], dict(scope["headers"]), body)
        except Exception:  # a fault of the backend's own is answered like any server's, and told in its log
            log.exception("%s %s failed", scope["method"], scope["path"])
            return reply.INTERNAL_ERROR


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None if the client went away in the middle of it, which must not pass for a shorter body."""
    event = await receive()
    body: bytes = event.get("body", b"")
    while event["type"] == "http.request" and event.get("more_body", False):
        event = await receive()
        body += event.get("body", b"")
    return body if event["type"] == "http.request" else None
