"""IMKIT's API as a function from request to reply, without a server around it."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from simulator.backend import reply
from simulator.backend.authentication import Headers
from simulator.backend.calls.admin import AdminCalls
from simulator.backend.calls.me import MyCalls
from simulator.backend.calls.messages import MessageCalls
from simulator.backend.calls.pushes import PushCalls
from simulator.backend.calls.rooms import RoomCalls
from simulator.backend.calls.sockets import PATH, SocketCalls
from simulator.backend.database import DatabaseError
from simulator.backend.openapi import described
from simulator.backend.parameters import Parameters
from simulator.backend.parts import Parts, Route, Routes
from simulator.backend.person import Revoked
from simulator.backend.reply import Refused, Reply
from simulator.backend.router import Router
from simulator.backend.store import Store

log = logging.getLogger(__name__)


class App:
    """Routes a request to what it asks for, and subscribes and unsubscribes itself.

    A bug that answers wrongly is a subclass; one that stores wrongly is a subclass of Store.
    """

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._router = Router(self.routes())

    @property
    def store(self) -> Store:
        """Where its subscriptions are."""
        return self.parts.store

    def routes(self) -> Routes:
        """Every path as OpenAPI writes it, with its methods."""
        parts = self.parts
        mine: dict[str, Mapping[str, Route]] = {
            "/me/subscribe": {"POST": self.subscribe},
            "/me/unsubscribe": {"POST": self.unsubscribe},
            "/openapi.json": {"GET": described(parts.policy)},
        }
        for calls in (MyCalls, AdminCalls, PushCalls, RoomCalls, MessageCalls, SocketCalls):
            mine |= calls(parts).routes()
        return mine

    async def handle(self, method: str, path: str, headers: Headers, body: bytes) -> Reply:
        """Answer one request. `path` is percent-decoded and without the query, header names are in lower case.

        Raises nothing.
        """
        methods, places = self._router.find(path)
        route = methods.get(method)
        if route is None:
            return reply.method_not_allowed(", ".join(methods)) if methods else reply.NOT_FOUND
        try:
            return await route(headers, body, *places)
        except Refused as refused:
            return refused.reply
        except Revoked:
            return reply.INVALID_TOKEN
        except DatabaseError:
            log.exception("%s failed", path)
            return reply.INTERNAL_ERROR

    @asynccontextmanager
    async def connected(self, path: str, headers: Headers) -> AsyncIterator[None]:
        """A device has a live socket until the context ends. Raises Refused, and DatabaseError."""
        if path.removesuffix("/") != PATH:
            raise Refused(reply.NOT_FOUND)
        try:
            async with SocketCalls(self.parts).connected(headers):
                yield
        except Revoked:
            raise Refused(reply.INVALID_TOKEN) from None

    async def subscribe(self, headers: Headers, body: bytes) -> Reply:
        """`POST /me/subscribe`: bind a device's push token to a person."""
        owner, (push_type, token, device_id) = await self._said(headers, body, "type", "token", "deviceId")
        await self.parts.store.subscribe(owner, push_type, device_id, token)
        return reply.SUBSCRIBED

    async def unsubscribe(self, headers: Headers, body: bytes) -> Reply:
        """`POST /me/unsubscribe`: remove a person's subscription; `n` says how many rows that took."""
        owner, (push_type, device_id) = await self._said(headers, body, "type", "deviceId")
        removed = await self.parts.store.unsubscribe(owner, push_type, device_id)
        return reply.accepted({"n": removed, "ok": 1})

    async def _said(self, headers: Headers, body: bytes, *names: str) -> tuple[str, list[str]]:
        """For whom a request is, and what it says under these names, of which the first is the type. Raises Refused.

        Whether a person's token was revoked is left to the store, which asks while it acts. Who is told something else
        is asked for here, lest a revoked token learns what is wrong with the rest.
        """
        rules, authentication = self.parts.rules, self.parts.authentication
        person = await authentication.caller(headers)
        try:
            parameters = rules.body(headers, body)
            values = rules.required(parameters, *names)
            rules.known_type(values[0])
            if person is None:
                return await self._named_client(parameters), values
            rules.optional(parameters, "clientId")
        except Refused:
            if person is not None:
                await authentication.confirm(person)
            raise
        if self.parts.store.looks_first:
            await authentication.confirm(person)
        return person, values

    async def _named_client(self, parameters: Parameters) -> str:
        """The client that the platform acts for. Raises Refused."""
        answer = self.parts.policy.missing_client_id
        if answer != "400" and parameters.get("clientId") in (None, ""):
            raise Refused(reply.INVALID_TOKEN if answer == "401" else reply.CLIENT_NOT_FOUND)
        (client_id,) = self.parts.rules.required(parameters, "clientId")
        await self.parts.make_sure_of([client_id])
        return client_id
