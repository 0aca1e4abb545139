from typing import Final

from simulator.backend.openapi.about_people import Operations
from simulator.backend.openapi.operation import Caller, Link, Operation
from simulator.backend.openapi.shapes import COUNT, FLAG, TEXT, Fields, Schema, nullable, record
from simulator.backend.parameters import LONGEST, MOST_ITEMS
from simulator.backend.policy import Policy

_ROOM: Final[Schema] = {"$ref": "#/components/schemas/Room"}
_NO_ROOM: Final = "ROOM_NOT_FOUND"
_DENIED: Final = "PERMISSION_DENIED"
_ID: Final = "$response.body#/result/_id"
_IN_THE_ROOM: Final = (
    *(Link(name, {"room": _ID}) for name in ("joinRoom", "addMembers", "removeMembers", "mute", "unmute")),
    Link("sendMessage", body={"room": _ID}),
)


def about_rooms(policy: Policy) -> Operations:
    """Rooms, who is in them, and what is said there."""
    fields = Fields(policy)
    no_client = ("CLIENT_NOT_FOUND",) if policy.unknown_client == "404" else ()
    return {**_rooms(fields, no_client), **_members(fields, no_client), **_messages(fields, no_client)}


def _rooms(fields: Fields, no_client: tuple[str, ...]) -> Operations:
    taken: dict[int, tuple[str, ...]] = {409: ("ROOM_EXISTS",), **({404: no_client} if no_client else {})}
    two = {**fields.ids(at_least=2, at_most=2), "uniqueItems": True}
    one = {"anyOf": [fields.required("id"), fields.ids(at_least=1, at_most=1)]}
    some = {"anyOf": [fields.required("id"), fields.ids(), {"type": "null"}]}
    return {
        "/rooms": {
            "POST": Operation(
                name="createRoom",
                summary="Make a room with these members; two people's direct room is made once, and given again.",
                caller=Caller.PLATFORM,
                body=_room(fields, "members", group=nullable(fields.ids()), direct=two),
                body_required=False,
                result=_ROOM,
                leads_to=_IN_THE_ROOM,
                refusals=taken,
            )
        },
        "/rooms/createAndJoin": {
            "POST": Operation(
                name="createAndJoinRoom",
                summary="Make a room, and be in it with those invited.",
                caller=Caller.PERSON,
                body=_room(fields, "invitee", group=some, direct=one),
                body_required=False,
                result=_ROOM,
                leads_to=_IN_THE_ROOM,
                refusals=taken,
            )
        },
        "/rooms/{room}/lastRead": {
            "PUT": Operation(
                name="read",
                summary="Have read a room up to a message.",
                caller=Caller.PERSON,
                body=record({"message": {**fields.required("message")}}),
                result=record({"client": TEXT, "lastRead": TEXT, "badge": COUNT}),
                refusals={404: (_NO_ROOM,)},
            )
        },
    }


def _room(fields: Fields, members: str, *, group: Schema, direct: Schema) -> Schema:
    """A room to be made; a direct one needs its members said."""
    about = {name: fields.optional(name) for name in ("_id", "name", "cover", "description")}
    either = {**about, "systemMessage": FLAG}
    return {
        "anyOf": [
            record({}, **either, roomType={"enum": ["group", None]}, **{members: group}),
            record({"roomType": {"const": "direct"}, members: direct}, **either),
        ]
    }


def _members(fields: Fields, no_client: tuple[str, ...]) -> Operations:
    listed = fields.ids(at_least=1)
    return {
        "/rooms/{room}/join": {
            "POST": Operation(
                name="joinRoom",
                summary="Go into a room.",
                caller=Caller.PERSON,
                body=record({}, systemMessage=FLAG),
                body_required=False,
                result=_ROOM,
                refusals={404: (_NO_ROOM,)},
            )
        },
        "/rooms/{room}/members": {
            "POST": Operation(
                name="addMembers",
                summary="Put clients into a room.",
                caller=Caller.EITHER,
                body=record({"invitees": listed}, systemMessage=FLAG),
                result=_ROOM,
                refusals={403: (_DENIED,), 404: (_NO_ROOM, *no_client)},
            )
        },
        "/rooms/{room}/delete/members": {
            "POST": Operation(
                name="removeMembers",
                summary="Take clients out of a room; who takes out themselves leaves it.",
                caller=Caller.EITHER,
                body=record({"members": listed}, systemMessage=FLAG),
                result=_ROOM,
                refusals={403: (_DENIED,), 404: (_NO_ROOM,)},
            )
        },
    }


def _messages(fields: Fields, no_client: tuple[str, ...]) -> Operations:
    refusals = {403: (_DENIED,), 404: (_NO_ROOM, *no_client)}
    said = {"message": fields.required("message"), "messageType": fields.required("messageType")}
    sender = fields.optional("sender") | {"description": "Needed with the API key, else ignored."}
    return {
        "/messages": {
            "POST": Operation(
                name="sendMessage",
                summary="Say something in a room, and push it to its other members unless push is false.",
                caller=Caller.EITHER,
                body=record({"room": fields.required("room"), **said}, sender=sender, push=FLAG),
                result={"$ref": "#/components/schemas/Message"},
                refusals=refusals,
                leads_to=[Link("read", {"room": "$response.body#/result/room"}, {"message": _ID})],
                pushes=True,
            )
        },
        "/messages/batch": {
            "POST": Operation(
                name="sendMessages",
                summary="Say something in many rooms, with words of each one's own; pushed only if push is true.",
                caller=Caller.EITHER,
                body=record({**said, "paras": _paras(fields)}, sender=sender, push=FLAG),
                result=record({"batchID": TEXT, "count": COUNT}),
                refusals=refusals,
            )
        },
    }


def _paras(fields: Fields) -> Schema:
    words = {"type": "string", "maxLength": LONGEST["message"], "pattern": "^[^\\u0000]*$"}
    either = {"room": fields.optional("room"), "receiver": fields.optional("receiver")}
    para = {
        "type": "object",
        "properties": either,
        "patternProperties": {"^\\$[^$]+\\$$": words},
        "anyOf": [record({name: fields.required(name)}) for name in either],
    }
    return {"type": "array", "minItems": 1, "maxItems": MOST_ITEMS, "items": para}
