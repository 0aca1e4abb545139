"""IMKIT's API as a function from request to reply, without a server around it."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from simulator.backend import reply
from simulator.backend.authentication import Authentication, Headers
from simulator.backend.client_tokens import ClientTokens
from simulator.backend.database import DatabaseError
from simulator.backend.parameters import Parameters, known_type, optional, parse, required
from simulator.backend.reply import Refused, Reply
from simulator.backend.store import Store

log = logging.getLogger(__name__)

Route = Callable[[Headers, bytes], Awaitable[Reply]]


class App:
    """Routes a request to what it asks for: authenticates, checks, and has the store do it.

    A bug that answers wrongly is a subclass; one that stores wrongly is a subclass of Store.
    """

    METHOD: Final = "POST"  # of every path there is

    def __init__(self, store: Store, authentication: Authentication, tokens: ClientTokens) -> None:
        self.store = store
        self._authentication = authentication
        self._tokens = tokens
        self.routes: Mapping[str, Route] = {
            "/me/subscribe": self.subscribe,
            "/me/unsubscribe": self.unsubscribe,
            "/admin/clients": self.issue_client,
        }

    async def handle(self, method: str, path: str, headers: Headers, body: bytes) -> Reply:
        """Answer one request. `path` is without the query, header names are in lower case. Raises nothing."""
        route = self.routes.get(path)
        if route is None:
            return reply.NOT_FOUND
        if method != self.METHOD:
            return reply.method_not_allowed(self.METHOD)
        try:
            return await route(headers, body)
        except Refused as refused:
            return refused.reply
        except DatabaseError:
            log.exception("%s failed", path)
            return reply.INTERNAL_ERROR

    async def subscribe(self, headers: Headers, body: bytes) -> Reply:
        """`POST /me/subscribe`: bind a device's push token to a person."""
        person = self._authentication.person(headers)
        parameters = parse(body)
        push_type, token, device_id = required(parameters, "type", "token", "deviceId")
        known_type(push_type)
        owner = person if person is not None else await self._named_client(parameters)
        await self.store.subscribe(owner, push_type, device_id, token)
        return reply.SUBSCRIBED

    async def unsubscribe(self, headers: Headers, body: bytes) -> Reply:
        """`POST /me/unsubscribe`: remove a person's subscription; `n` says how many rows that took."""
        person = self._authentication.person(headers)
        parameters = parse(body)
        push_type, device_id = required(parameters, "type", "deviceId")
        known_type(push_type)
        owner = person if person is not None else await self._named_client(parameters)
        removed = await self.store.unsubscribe(owner, push_type, device_id)
        return reply.accepted({"n": removed, "ok": 1})

    async def issue_client(self, headers: Headers, body: bytes) -> Reply:
        """`POST /admin/clients`: make or update a client, and with `issueAccessToken` give it a token."""
        self._authentication.platform(headers)
        parameters = parse(body)
        (client_id,) = required(parameters, "_id")
        nickname, avatar_url = optional(parameters, "nickname"), optional(parameters, "avatarUrl")
        await self.store.add_client(client_id, nickname, avatar_url)
        result = {"_id": client_id}
        if parameters.get("issueAccessToken") is True:
            issued = self._tokens.issue(client_id)
            result |= {"token": issued.token, "expirationDate": _date(issued.expires)}
        return reply.accepted(result)

    async def _named_client(self, parameters: Parameters) -> str:
        """The client that the platform acts for. Raises Refused."""
        (client_id,) = required(parameters, "clientId")
        if not await self.store.has_client(client_id):
            raise Refused(reply.CLIENT_NOT_FOUND)
        return client_id


def _date(seconds: float) -> str:
    """As JavaScript writes dates: 2026-11-24T00:00:00.000Z."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
