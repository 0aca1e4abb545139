"""JSON Schemas (2020-12) of what requests and answers carry."""

from typing import Any, Final

from simulator.backend.client_tokens import MOST_CHARACTERS
from simulator.backend.parameters import LONGEST, MOST_ITEMS, TYPES
from simulator.backend.policy import Policy

Schema = dict[str, Any]

_NO_NUL: Final = "^[^\\u0000]*$"
_SENDABLE: Final = "^([!-~]([ -~]*[!-~])?)?$"  # in a header


class Fields:
    """The schemas of parameters, as a policy takes them."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def text(self, name: str, *, at_least: int = 0) -> Schema:
        """A string as long as this parameter may be."""
        longest = LONGEST.get(name, MOST_CHARACTERS)
        schema = {"type": "string", "minLength": at_least, "maxLength": longest, "pattern": _NO_NUL}
        cast = {"type": ["number", "boolean"]}
        return {"anyOf": [schema, cast]} if self._policy.non_string == "cast" else schema

    def required(self, name: str) -> Schema:
        """A string that must not be empty."""
        return self.text(name, at_least=1)

    def optional(self, name: str) -> Schema:
        """A string or null."""
        return {"anyOf": [self.text(name), {"type": "null"}]}

    def push_type(self) -> Schema:
        """A subscription's type."""
        return self.required("type") if self._policy.unknown_type == "accept" else {"enum": list(TYPES)}

    def ids(self, *, at_least: int = 0, at_most: int | None = MOST_ITEMS) -> Schema:
        """A list of ids."""
        bounds = {} if at_most is None else {"maxItems": at_most}
        return {"type": "array", "minItems": at_least, **bounds, "items": self.required("id")}

    def sendable(self, *, at_least: int = 0) -> Schema:
        """A token that a header can carry."""
        return {"type": "string", "minLength": at_least, "maxLength": LONGEST["token"], "pattern": _SENDABLE}


def nullable(schema: Schema) -> Schema:
    """This or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def record(required: dict[str, Schema], **optional: Schema) -> Schema:
    """An object that has the first and may have the others; more is ignored."""
    return {"type": "object", "properties": {**required, **optional}, "required": list(required)}


FLAG: Final[Schema] = {"type": ["boolean", "null"]}
DATE: Final[Schema] = {"type": "string", "format": "date-time"}
TEXT: Final[Schema] = {"type": "string"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
MILLISECONDS: Final[Schema] = {"type": "integer", "description": "Since 1970, UTC."}
NOTHING: Final[Schema] = {"type": "object", "maxProperties": 0}

CLIENT: Final = record({"_id": TEXT, "id": TEXT}, nickname=TEXT, avatarUrl=TEXT)
MYSELF: Final = record(
    {"_id": TEXT, "id": TEXT, "mute": {"type": "array", "items": TEXT}, "notificationEnabled": {"type": "boolean"}},
    nickname=TEXT,
    avatarUrl=TEXT,
)
ROOM: Final = record(
    {
        "_id": TEXT,
        "id": TEXT,
        "roomType": {"enum": ["group", "direct"]},
        "createdTimeMS": MILLISECONDS,
        "members": {"type": "array", "items": {"$ref": "#/components/schemas/Client"}},
    },
    name=TEXT,
    cover=TEXT,
    description=TEXT,
)
MESSAGE: Final = record(
    {
        "_id": TEXT,
        "id": TEXT,
        "room": TEXT,
        "message": TEXT,
        "messageType": TEXT,
        "sender": {"type": ["string", "null"]},
        "messageTimeMS": MILLISECONDS,
        "createdAtMS": MILLISECONDS,
        "updatedAtMS": MILLISECONDS,
    }
)
PUSH_ENTRY: Final = record(
    {
        "_id": COUNT,
        **dict.fromkeys(("selected", "attempted", "delivered", "failed", "pruned"), COUNT),
        "closed": {"type": "boolean"},
    }
)

_SHORT: Final = nullable({"type": "string", "maxLength": 4096})
_WHOLE: Final = {"type": ["integer", "null"], "minimum": 0, "maximum": 2**31 - 1}
PAYLOAD: Final[Schema] = record(
    {},
    **dict.fromkeys(("type", "sound", "topic", "title", "body", "icon", "collapseKey"), _SHORT),
    expiry=_WHOLE | {"description": "Unix time in seconds."},
    badge=_WHOLE,
    alert={"anyOf": [_SHORT, record({"loc-key": TEXT}, **{"loc-args": {"type": "array", "items": TEXT}})]},
)


def accepted(result: Schema) -> Schema:
    """A success with this result."""
    return record({"RC": {"const": 0}, "RM": {"const": "OK"}, "result": result})


def refused(status: int, reason: str, codes: list[str]) -> Schema:
    """A refusal in the API page's shape, with one of these codes."""
    error = record({"code": {"enum": codes}, "message": TEXT})
    return record({"RC": {"const": status}, "RM": {"const": reason}, "error": error})


RATE_LIMITED: Final = record({"error": {"const": "RATE_LIMIT_EXCEEDED"}, "message": TEXT, "retryAfter": COUNT})
