from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from simulator.backend import reply
from simulator.backend.authentication import Headers
from simulator.backend.calls.me import device_of
from simulator.backend.parts import Parts, Routes
from simulator.backend.reply import Reply, missing_parameter

PATH: Final = "/socket"


class SocketCalls:
    """A person's live connection, which says which device they look at: it is not pushed what they can see.

    Nothing is sent over it. IMKIT's page does not describe its socket, but for what it means to pushes.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> Routes:
        """The paths and methods of these calls."""
        return {PATH: {"GET": self.refuse}}

    async def refuse(self, headers: Headers, _: bytes) -> Reply:
        """`GET /socket` without an upgrade to a WebSocket."""
        await self._parts.authentication.person(headers)
        return reply.UPGRADE_REQUIRED

    @asynccontextmanager
    async def connected(self, headers: Headers) -> AsyncIterator[None]:
        """A person's device, named by IM-Device-ID, is connected until the context ends.

        Raises Refused, Revoked and DatabaseError.
        """
        person = await self._parts.authentication.person(headers)
        device_id = device_of(self._parts, headers)
        if not device_id:
            raise missing_parameter("IM-Device-ID is required")
        async with self._parts.sockets.live(str(person), device_id):
            yield
