import asyncio
import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from simulator.backend import reply
from simulator.backend.authentication import Headers
from simulator.backend.calls.notices import post
from simulator.backend.calls.pushes import told
from simulator.backend.parameters import MOST_ITEMS, are_required
from simulator.backend.parts import Parts, Routes
from simulator.backend.person import Person
from simulator.backend.reply import Refused, Reply, invalid_parameter, missing_parameter
from simulator.backend.tables.rooms import DIRECT, Room, direct_id, new_id

_BATCH: Final = ("message", "messageType", "paras")
_PATTERN: Final = re.compile(r"\$[^$]+\$")  # a place for words of each copy's own, as in: Hi $name$


class _Copy(NamedTuple):
    """One message of a batch."""

    room: str | None
    receiver: str | None  # of the direct room with the sender, where no room is named
    text: str


class MessageCalls:
    """Messages that people send, and that the platform sends in their names."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> Routes:
        """The paths and methods of these calls."""
        return {"/messages": {"POST": self.send}, "/messages/batch": {"POST": self.send_batch}}

    async def send(self, headers: Headers, body: bytes) -> Reply:
        """`POST /messages`: say something in a room, and push it unless told not to; the push's id is in a header."""
        caller = await self._parts.authentication.confirmed(headers)
        rules = self._parts.rules
        parameters = rules.body(headers, body)
        # As the caller has to give them: a person speaks for themselves.
        names = (
            ("room", "message", "messageType") if caller is not None else ("room", "message", "messageType", "sender")
        )
        room_id, text, message_type, *_ = rules.required(parameters, *names)
        named, push = rules.optional(parameters, "sender"), rules.flag(parameters, "push", default=True)
        sender = await self._sender(caller, named, [room_id])
        message, push_id = await post(self._parts, room_id, sender, message_type, text, push=push)
        return told(reply.accepted(message.document()), push_id)

    async def send_batch(self, headers: Headers, body: bytes) -> Reply:
        """`POST /messages/batch`: say something in many rooms, with words of each one's own; pushed only if told to."""
        caller = await self._parts.authentication.confirmed(headers)
        rules = self._parts.rules
        parameters = rules.body(headers, body)
        if any(parameters.get(name) in (None, "", []) for name in _BATCH):
            raise missing_parameter(are_required(*_BATCH))
        text, message_type = rules.required(parameters, "message", "messageType")
        push = rules.flag(parameters, "push")
        copies = self._copies(parameters["paras"], text)
        named = rules.optional(parameters, "sender")
        sender = await self._sender(caller, named, [copy.room for copy in copies if copy.room is not None])
        rooms = await self._rooms(copies, sender)
        posts = (
            post(self._parts, room, sender, message_type, copy.text, push=push)
            for room, copy in zip(rooms, copies, strict=True)
        )
        await asyncio.gather(*posts)
        return reply.accepted({"batchID": new_id(), "count": len(copies)})

    async def _sender(self, caller: Person | None, named: str | None, rooms: Sequence[str]) -> str | None:
        """In whose name it is said, in rooms that all exist; a person's own name, and they are in all of them.

        Raises Refused.
        """
        if await self._parts.rooms.missing(rooms):
            raise Refused(reply.ROOM_NOT_FOUND)
        if caller is None:
            await self._parts.make_sure_of([] if named is None else [named])
            return named
        if not all([await self._parts.rooms.has_member(room, caller) for room in dict.fromkeys(rooms)]):
            raise Refused(reply.PERMISSION_DENIED)
        return str(caller)

    def _copies(self, paras: Any, text: str) -> list[_Copy]:  # noqa: ANN401 - whatever JSON has
        """The messages of a batch. Raises Refused."""
        if not isinstance(paras, list) or len(paras) > MOST_ITEMS:
            raise invalid_parameter(f"paras is not a list of at most {MOST_ITEMS} objects")
        return [self._copy(each, text) for each in paras]

    def _copy(self, para: Any, text: str) -> _Copy:  # noqa: ANN401 - whatever JSON has
        if not isinstance(para, dict):
            raise invalid_parameter("paras has something that is not an object")
        rules = self._parts.rules
        room, receiver = rules.optional(para, "room") or None, rules.optional(para, "receiver") or None
        if room is None and receiver is None:
            raise missing_parameter("room or receiver is required")
        words = {name: rules.text("message", word) for name, word in para.items() if _PATTERN.fullmatch(name)}
        filled = _PATTERN.sub(lambda found: words.get(found[0], found[0]), text)
        return _Copy(room, receiver, rules.text("message", filled))

    async def _rooms(self, copies: Sequence[_Copy], sender: str | None) -> list[str]:
        """The room of each, the direct ones made where there are none yet. Raises Refused."""
        receivers = list(dict.fromkeys(copy.receiver for copy in copies if copy.room is None and copy.receiver))
        if receivers and sender is None:
            raise missing_parameter(are_required("sender"))
        await self._parts.make_sure_of(receivers)
        direct = {receiver: await self._direct(str(sender), receiver) for receiver in receivers}
        return [copy.room or direct[copy.receiver or ""] for copy in copies]

    async def _direct(self, sender: str, receiver: str) -> str:
        room = Room(direct_id([sender, receiver]), None, None, None, DIRECT, self._parts.now())
        await self._parts.rooms.create(room)
        await self._parts.rooms.join(room.id, list(dict.fromkeys([sender, receiver])))
        return room.id
