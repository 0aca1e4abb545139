from typing import Any, Final

from simulator.backend import reply
from simulator.backend.authentication import Headers
from simulator.backend.parts import Parts, Routes
from simulator.backend.pusher import Payload
from simulator.backend.reply import Reply, invalid_parameter, missing_parameter

PUSH_ID: Final = "im-push-id"
_LONGEST_NUMBER: Final = 18  # digits: what a BIGINT surely holds


class PushCalls:
    """Pushes that the platform asks for, and what became of them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> Routes:
        """The paths and methods of these calls."""
        return {"/push/push2clients": {"POST": self.push}, "/admin/pushes/{push}": {"GET": self.entry}}

    async def push(self, headers: Headers, body: bytes) -> Reply:
        """`POST /push/push2clients`: push to every device of some clients. Its id is in a header: the result is {}.

        Clients that nobody knows have no devices.
        """
        await self._parts.authentication.platform(headers)
        parameters = self._parts.rules.body(headers, body)
        clients, payload = parameters.get("clients"), parameters.get("payload")
        if clients in (None, "", []) or payload in (None, ""):
            raise missing_parameter("clients and payload are required")
        if not isinstance(payload, dict):
            raise invalid_parameter("payload is not an object")
        ids, parsed = self._ids(clients), Payload.parse(payload, self._parts.store.clock())
        return told(reply.accepted({}), await self._parts.pusher.push(ids, parsed))

    async def entry(self, headers: Headers, _: bytes, push_id: str) -> Reply:
        """`GET /admin/pushes/{push}`, which is ours and not IMKIT's: what became of a push."""
        await self._parts.authentication.platform(headers)
        known = push_id.isascii() and push_id.isdecimal() and len(push_id) <= _LONGEST_NUMBER
        entry = await self._parts.pusher.entry(int(push_id)) if known else None
        return reply.PUSH_NOT_FOUND if entry is None else reply.accepted(entry)

    def _ids(self, clients: Any) -> list[str]:  # noqa: ANN401 - whatever JSON has
        """The clients to push to, of any number: a campaign goes to all. Raises Refused."""
        if not isinstance(clients, list):
            raise invalid_parameter("clients is not a list of ids")
        ids = [self._parts.rules.text("clients", each) for each in clients]
        if "" in ids:
            raise invalid_parameter("clients has an empty id")
        return ids


def told(answer: Reply, push_id: int | None) -> Reply:
    """The answer with the id of the push that was made."""
    return answer if push_id is None else answer._replace(headers=((PUSH_ID, str(push_id)),))
