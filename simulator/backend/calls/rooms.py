from collections.abc import Sequence
from typing import Any, Final

from simulator.backend import reply
from simulator.backend.authentication import Headers
from simulator.backend.calls.notices import post
from simulator.backend.parameters import Parameters, are_required
from simulator.backend.parts import Parts, Routes
from simulator.backend.person import Person
from simulator.backend.reply import Refused, Reply, invalid_parameter, missing_parameter
from simulator.backend.tables.clients import Client
from simulator.backend.tables.rooms import DIRECT, GROUP, Room, direct_id, new_id

_TYPES: Final = (GROUP, DIRECT)


class RoomCalls:
    """Rooms and who is in them. With `systemMessage` a change of members is said in the room, and pushed."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> Routes:
        """The paths and methods of these calls."""
        return {
            "/rooms": {"POST": self.create},
            "/rooms/createAndJoin": {"POST": self.create_and_join},
            "/rooms/{room}/join": {"POST": self.join},
            "/rooms/{room}/members": {"POST": self.add_members},
            "/rooms/{room}/delete/members": {"POST": self.remove_members},
            "/rooms/{room}/lastRead": {"PUT": self.read},
        }

    async def create(self, headers: Headers, body: bytes) -> Reply:
        """`POST /rooms`: the platform makes a room with these members."""
        await self._parts.authentication.platform(headers)
        parameters = self._parts.rules.body_if_any(headers, body)
        members = self._parts.rules.ids(parameters, "members")
        room = self._room(parameters, members)
        return await self._made(room, None, members, said=self._parts.rules.flag(parameters, "systemMessage"))

    async def create_and_join(self, headers: Headers, body: bytes) -> Reply:
        """`POST /rooms/createAndJoin`: a person makes a room, and is in it with those invited."""
        person = await self._parts.authentication.person(headers)
        parameters = self._parts.rules.body_if_any(headers, body)
        invited = parameters.get("invitee")
        invitees = self._parts.rules.ids({"invitee": [invited] if isinstance(invited, str) else invited}, "invitee")
        members = list(dict.fromkeys([str(person), *invitees]))
        room = self._room(parameters, members)
        return await self._made(room, person, members, said=self._parts.rules.flag(parameters, "systemMessage"))

    async def join(self, headers: Headers, body: bytes, room_id: str) -> Reply:
        """`POST /rooms/{room}/join`: a person goes into a room."""
        person = await self._parts.authentication.person(headers)
        said = self._parts.rules.flag(self._parts.rules.body_if_any(headers, body), "systemMessage")
        room = await self._found(room_id)
        joined = await self._parts.rooms.join(room_id, [str(person)])
        if joined and said:
            await post(self._parts, room_id, person, "joinRoom", await self._names(joined))
        return await self._documented(room)

    async def add_members(self, headers: Headers, body: bytes, room_id: str) -> Reply:
        """`POST /rooms/{room}/members`: a member or the platform puts clients into a room."""
        caller = await self._parts.authentication.confirmed(headers)
        invitees, said = self._listed(headers, body, "invitees")
        room = await self._entered(room_id, caller)
        await self._parts.make_sure_of(invitees)
        joined = await self._parts.rooms.join(room_id, invitees)
        if joined and said:
            await self._say_added(room_id, caller, joined)
        return await self._documented(room)

    async def remove_members(self, headers: Headers, body: bytes, room_id: str) -> Reply:
        """`POST /rooms/{room}/delete/members`: clients are taken out of a room; who takes out themselves leaves it."""
        caller = await self._parts.authentication.confirmed(headers)
        members, said = self._listed(headers, body, "members")
        room = await self._entered(room_id, caller)
        gone = await self._parts.rooms.leave(room_id, members)
        if gone and said:
            left = gone == [caller]
            await post(self._parts, room_id, caller, "leaveRoom" if left else "deleteMember", await self._names(gone))
        return await self._documented(room)

    async def read(self, headers: Headers, body: bytes, room_id: str) -> Reply:
        """`PUT /rooms/{room}/lastRead`: a member has read the room up to a message."""
        person = await self._parts.authentication.person(headers)
        (message_id,) = self._parts.rules.required(self._parts.rules.body(headers, body), "message")
        if not await self._parts.messages.read(room_id, person, message_id):
            raise Refused(reply.MESSAGE_NOT_FOUND)
        badge = await self._parts.messages.unread(person)
        return reply.accepted({"client": str(person), "lastRead": message_id, "badge": badge})

    def _room(self, parameters: Parameters, members: Sequence[str]) -> Room:
        """The room that a request describes. Raises Refused."""
        rules = self._parts.rules
        room_id, name, cover, description = (
            rules.optional(parameters, each) for each in ("_id", "name", "cover", "description")
        )
        said = rules.optional(parameters, "roomType")
        room_type = GROUP if said is None else said
        if room_type not in _TYPES:
            raise invalid_parameter(f"roomType is none of {', '.join(_TYPES)}")
        if room_type == DIRECT and len(members) != 2:
            raise invalid_parameter("a direct room has two members")
        made = room_id or (direct_id(members) if room_type == DIRECT else new_id())
        return Room(made, name, cover, description, room_type, self._parts.now())

    async def _made(self, room: Room, caller: Person | None, members: list[str], *, said: bool) -> Reply:
        """Make a room and put its members in. Two people have one direct room: it is given again. Raises Refused."""
        await self._parts.make_sure_of([each for each in members if each != caller])
        if not await self._parts.rooms.create(room) and room.id != direct_id(members):
            raise Refused(reply.ROOM_EXISTS)
        joined = await self._parts.rooms.join(room.id, members)
        added = [each for each in joined if each != caller]
        if added and said:
            await self._say_added(room.id, caller, added)
        return await self._documented(await self._found(room.id))

    async def _say_added(self, room_id: str, caller: Person | None, added: Sequence[str]) -> None:
        message_type = "addMember" if len(added) == 1 else "addMembers"
        await post(self._parts, room_id, caller, message_type, await self._names(added))

    def _listed(self, headers: Headers, body: bytes, name: str) -> tuple[list[str], bool]:
        """The clients that a request lists, and whether the room is to be told. Raises Refused."""
        parameters = self._parts.rules.body(headers, body)
        if parameters.get(name) in (None, "", []):
            raise missing_parameter(are_required(name))
        return self._parts.rules.ids(parameters, name), self._parts.rules.flag(parameters, "systemMessage")

    async def _found(self, room_id: str) -> Room:
        room = await self._parts.rooms.find(room_id)
        if room is None:
            raise Refused(reply.ROOM_NOT_FOUND)
        return room

    async def _entered(self, room_id: str, caller: Person | None) -> Room:
        """A room that the caller may change: the platform may all, a person those that they are in. Raises Refused."""
        room = await self._found(room_id)
        if caller is not None and not await self._parts.rooms.has_member(room_id, caller):
            raise Refused(reply.PERMISSION_DENIED)
        return room

    async def _names(self, client_ids: Sequence[str]) -> str:
        found = await self._parts.clients.find(client_ids)
        return ", ".join(found.get(each, Client(each)).name for each in client_ids)

    async def _documented(self, room: Room) -> Reply:
        """The room with its members as they are now."""
        members = await self._parts.rooms.members(room.id)
        known = await self._parts.clients.find(members)
        people: list[dict[str, Any]] = [known.get(each, Client(each)).document() for each in members]
        return reply.accepted({**room.document(), "members": people})
