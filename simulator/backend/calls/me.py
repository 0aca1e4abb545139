from typing import Final

from simulator.backend import reply
from simulator.backend.authentication import AUTHORIZATION, Headers
from simulator.backend.dates import as_json
from simulator.backend.parts import Parts, Routes
from simulator.backend.person import Person
from simulator.backend.reply import Refused, Reply, invalid_parameter
from simulator.backend.tables.clients import Client

DEVICE_ID: Final = "im-device-id"


class MyCalls:
    """What a person asks for themselves."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> Routes:
        """The paths and methods of these calls."""
        return {
            "/me/logout": {"POST": self.log_out},
            "/me/badge": {"GET": self.badge},
            "/me/mute/{room}": {"POST": self.mute, "DELETE": self.unmute},
            "/me/notification/enable": {"POST": self.enable},
            "/me/notification/disable": {"POST": self.disable},
        }

    async def log_out(self, headers: Headers, _: bytes) -> Reply:
        """`POST /me/logout`: the client token is good no more, and the device of IM-Device-ID gets no pushes."""
        person = await self._parts.authentication.person(headers)
        device_id = device_of(self._parts, headers)
        # Before the token goes, so that a call that fails can be made again; after it, for a subscribe begun before.
        if device_id:
            await self._parts.store.remove_device(person, device_id)
        await self._parts.grants.revoke(person)
        if device_id:
            await self._parts.store.database.settle()
            await self._parts.store.remove_device(person, device_id)
        expires = int(person.expires * 1000)
        result = {"token": headers.get(AUTHORIZATION), "expirationDate": as_json(expires), "expirationDateMS": expires}
        return reply.accepted(result)

    async def badge(self, headers: Headers, _: bytes) -> Reply:
        """`GET /me/badge`: how many messages the person has not read."""
        person = await self._parts.authentication.person(headers)
        return reply.accepted({"badge": await self._parts.messages.unread(person)})

    async def mute(self, headers: Headers, _: bytes, room_id: str) -> Reply:
        """`POST /me/mute/{room}`: messages in the room push to the person no more."""
        person = await self._in_front_of(headers, room_id)
        await self._parts.rooms.mute(person, room_id)
        return await self._myself(person)

    async def unmute(self, headers: Headers, _: bytes, room_id: str) -> Reply:
        """`DELETE /me/mute/{room}`: messages in the room push to the person again."""
        person = await self._in_front_of(headers, room_id)
        await self._parts.rooms.unmute(person, room_id)
        return await self._myself(person)

    async def enable(self, headers: Headers, _: bytes) -> Reply:
        """`POST /me/notification/enable`: pushes reach the person again."""
        person = await self._parts.authentication.person(headers)
        await self._parts.clients.unsilence(person)
        return await self._myself(person)

    async def disable(self, headers: Headers, _: bytes) -> Reply:
        """`POST /me/notification/disable`: no push reaches the person, whatever it is about."""
        person = await self._parts.authentication.person(headers)
        await self._parts.clients.silence(person)
        return await self._myself(person)

    async def _in_front_of(self, headers: Headers, room_id: str) -> Person:
        """The person who calls, about a room that exists. Raises Refused."""
        person = await self._parts.authentication.person(headers)
        if await self._parts.rooms.find(room_id) is None:
            raise Refused(reply.ROOM_NOT_FOUND)
        return person

    async def _myself(self, person: Person) -> Reply:
        """The person's own document."""
        found = await self._parts.clients.find([person])
        document = found.get(person, Client(str(person))).document()
        enabled = not await self._parts.clients.is_silenced(person)
        muted = await self._parts.rooms.muted_by(person)
        return reply.accepted({**document, "mute": muted, "notificationEnabled": enabled})


def device_of(parts: Parts, headers: Headers) -> str:
    """The device that calls, empty if it is not named. Raises Refused where it is named so that nobody can read it."""
    device_id = headers.get(DEVICE_ID)
    if device_id is None and DEVICE_ID in headers:
        raise invalid_parameter("IM-Device-ID is not ASCII")
    return parts.rules.text("IM-Device-ID", device_id or "")
