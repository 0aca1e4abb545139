"""IMKIT's API as a function from request to reply, without a server around it."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

from simulator.backend import reply
from simulator.backend.authentication import AUTHORIZATION, Authentication, Headers
from simulator.backend.client_tokens import ClientTokens, digest_of
from simulator.backend.database import DatabaseError
from simulator.backend.parameters import Parameters, known_type, optional, parse, required
from simulator.backend.pusher import NoPusher, Payload, Pusher
from simulator.backend.reply import Refused, Reply, invalid_parameter, missing_parameter
from simulator.backend.store import Store

log = logging.getLogger(__name__)

DEVICE_ID: Final = "im-device-id"
PUSH_ID: Final = "im-push-id"
_LONGEST_NUMBER: Final = 18  # digits: what a BIGINT surely holds

Route = Callable[..., Awaitable[Reply]]  # of headers, body, and what the path has in its {} places


class App:
    """Routes a request to what it asks for: authenticates, checks, and has the store do it.

    A bug that answers wrongly is a subclass; one that stores wrongly is a subclass of Store.
    """

    def __init__(
        self, store: Store, authentication: Authentication, tokens: ClientTokens, pusher: Pusher | None = None
    ) -> None:
        self.store = store
        self._authentication = authentication
        self._tokens = tokens
        self.pusher = pusher or NoPusher()
        self.routes: Mapping[str, Mapping[str, Route]] = {
            "/me/subscribe": {"POST": self.subscribe},
            "/me/unsubscribe": {"POST": self.unsubscribe},
            "/me/logout": {"POST": self.log_out},
            "/push/push2clients": {"POST": self.push},
            "/admin/clients": {"POST": self.issue_client},
            "/admin/clients/{}/token": {"DELETE": self.revoke},
            "/admin/pushes/{}": {"GET": self.push_entry},
        }

    async def handle(self, method: str, path: str, headers: Headers, body: bytes) -> Reply:
        """Answer one request. `path` is without the query, header names are in lower case. Raises nothing."""
        arguments: tuple[str, ...] = ()
        methods = self.routes.get(path)
        if methods is None:
            methods, arguments = self._with_places(path)
        route = methods.get(method)
        if route is None:
            return reply.method_not_allowed(", ".join(methods)) if methods else reply.NOT_FOUND
        try:
            return await route(headers, body, *arguments)
        except Refused as refused:
            return refused.reply
        except DatabaseError:
            log.exception("%s failed", path)
            return reply.INTERNAL_ERROR

    def _with_places(self, path: str) -> tuple[Mapping[str, Route], tuple[str, ...]]:
        """The methods of a path that has something in its third part, and what that is."""
        parts = path.split("/")
        if len(parts) < 4 or not parts[3]:
            return {}, ()
        argument = unquote(parts[3])
        return self.routes.get("/".join([*parts[:3], "{}", *parts[4:]]), {}), (argument,)

    async def subscribe(self, headers: Headers, body: bytes) -> Reply:
        """`POST /me/subscribe`: bind a device's push token to a person."""
        person = await self._person(headers)
        parameters = parse(body)
        push_type, token, device_id = required(parameters, "type", "token", "deviceId")
        known_type(push_type)
        owner = person if person is not None else await self._named_client(parameters)
        await self.store.subscribe(owner, push_type, device_id, token)
        return reply.SUBSCRIBED

    async def unsubscribe(self, headers: Headers, body: bytes) -> Reply:
        """`POST /me/unsubscribe`: remove a person's subscription; `n` says how many rows that took."""
        person = await self._person(headers)
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
            issued = self._tokens.issue(client_id, after=await self.store.revoked_until(client_id))
            result |= {"token": issued.token, "expirationDate": _date(issued.expires)}
        return reply.accepted(result)

    async def log_out(self, headers: Headers, _: bytes) -> Reply:
        """`POST /me/logout`: the client token is good no more, and the device of IM-Device-ID gets no pushes."""
        person = await self._person(headers)
        if person is None:
            raise Refused(reply.INVALID_TOKEN)
        if device_id := headers.get(DEVICE_ID):
            await self.store.remove_device(person, device_id)
        await self.store.revoke_token(digest_of(headers.get(AUTHORIZATION) or ""))
        return reply.accepted({})

    async def revoke(self, headers: Headers, _: bytes, client_id: str) -> Reply:
        """`DELETE /admin/clients/{id}/token`: every token that the client has by now is good no more."""
        self._authentication.platform(headers)
        if not await self.store.has_client(client_id):
            raise Refused(reply.CLIENT_NOT_FOUND)
        await self.store.revoke_client(client_id)
        return reply.accepted({})

    async def push(self, headers: Headers, body: bytes) -> Reply:
        """`POST /push/push2clients`: push to every device of some clients. Its id is in a header: the result is {}."""
        self._authentication.platform(headers)
        parameters = parse(body)
        clients, payload = parameters.get("clients"), parameters.get("payload")
        if clients is None or payload is None:
            raise missing_parameter("clients and payload are required")
        if not isinstance(clients, list) or not all(isinstance(one, str) and one for one in clients):
            raise invalid_parameter("clients is not a list of ids")
        if not isinstance(payload, dict):
            raise invalid_parameter("payload is not an object")
        number = await self.pusher.push(clients, Payload.parse(payload))
        return reply.accepted({})._replace(headers=((PUSH_ID, str(number)),))

    async def push_entry(self, headers: Headers, _: bytes, push_id: str) -> Reply:
        """`GET /admin/pushes/{id}`, which is ours and not IMKIT's: what became of a push."""
        self._authentication.platform(headers)
        known = push_id.isascii() and push_id.isdecimal() and len(push_id) <= _LONGEST_NUMBER
        entry = await self.pusher.entry(int(push_id)) if known else None
        return reply.PUSH_NOT_FOUND if entry is None else reply.accepted(entry)

    async def _person(self, headers: Headers) -> str | None:
        """Who calls, None being the platform; a person's token must not have been revoked. Raises Refused."""
        person = self._authentication.person(headers)
        if person is not None:
            token = headers.get(AUTHORIZATION) or ""
            if await self.store.is_revoked(person, digest_of(token), self._tokens.issued_at(token)):
                raise Refused(reply.INVALID_TOKEN)
        return person

    async def _named_client(self, parameters: Parameters) -> str:
        """The client that the platform acts for. Raises Refused."""
        (client_id,) = required(parameters, "clientId")
        if not await self.store.has_client(client_id):
            raise Refused(reply.CLIENT_NOT_FOUND)
        return client_id


def _date(seconds: float) -> str:
    """As JavaScript writes dates: 2026-11-24T00:00:00.000Z."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
