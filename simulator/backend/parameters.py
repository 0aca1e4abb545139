"""What a request's body says, checked before anything is done with it.

A parameter that is absent, null or the empty string is missing. A body whose Content-Type is not JSON says nothing, as
in Express; of a name that stands twice in an object the last counts, as in JSON.parse. What the API page leaves open is
refused as INVALID_PARAMETER: a type it does not list, a value that is no string, one that is too long, or one with the
character U+0000, which no PostgreSQL text can hold.
"""

from typing import Any, Final

import orjson

from simulator.backend.authentication import Headers
from simulator.backend.client_tokens import MOST_CHARACTERS
from simulator.backend.policy import Policy
from simulator.backend.reply import invalid_parameter, missing_parameter

TYPES: Final = ("android", "fcm", "ios", "ios-voip", "web")
# A web push subscription is a JSON document in the token field, with keys and an endpoint's URL.
LONGEST: Final = {"type": 64, "token": 4096, "avatarUrl": 2048, "cover": 2048, "description": 4096, "message": 10_000}
MOST_ITEMS: Final = 1000  # of a list of members, or of messages

Parameters = dict[str, Any]

_JSON: Final = "application/json; charset=utf-8"  # what everybody sends
_TYPES: Final = frozenset(TYPES)


class Rules:
    """Reads parameters, and refuses what cannot be by raising Refused."""

    def __init__(self, policy: Policy) -> None:
        self._unknown_type = None if policy.unknown_type == "accept" else int(policy.unknown_type)
        self._over_long = int(policy.over_long)
        self._casts = policy.non_string == "cast"
        self._non_string = 400 if self._casts else int(policy.non_string)

    def body(self, headers: Headers, body: bytes) -> Parameters:
        """The JSON object in a request's body; an empty body, or one that says to be no JSON, is an empty object."""
        said = headers.get("content-type")
        if not body or (said != _JSON and not _is_json(said)):
            return {}
        try:
            parameters = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise invalid_parameter("The body is not JSON") from None
        if not isinstance(parameters, dict):
            raise invalid_parameter("The body is not a JSON object")
        return parameters

    def body_if_any(self, headers: Headers, body: bytes) -> Parameters:
        """As `body`, for calls that need none: one that says to be no JSON must not pass for none there."""
        if body and not _is_json(headers.get("content-type")):
            raise invalid_parameter("The body is not application/json")
        return self.body(headers, body)

    def required(self, parameters: Parameters, *names: str) -> list[str]:
        """The values of parameters that have to be there; refused naming all of them, as the API page does."""
        values = [parameters.get(name) for name in names]
        if None in values or "" in values:
            raise missing_parameter(are_required(*names))
        return [self.text(name, value) for name, value in zip(names, values, strict=True)]

    def optional(self, parameters: Parameters, name: str) -> str | None:
        """The value of a parameter that may be missing."""
        value = parameters.get(name)
        return None if value is None else self.text(name, value)

    def flag(self, parameters: Parameters, name: str, *, default: bool = False) -> bool:
        """The value of a parameter that is true or false."""
        value = parameters.get(name)
        if value is not None and not isinstance(value, bool):
            raise invalid_parameter(f"{name} is neither true nor false", self._non_string)
        return default if value is None else value

    def ids(self, parameters: Parameters, name: str) -> list[str]:
        """The ids of a list that may be missing, each once."""
        value = parameters.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > MOST_ITEMS:
            raise invalid_parameter(f"{name} is not a list of at most {MOST_ITEMS} ids")
        found = [self.text(name, each) for each in value]
        if "" in found:
            raise invalid_parameter(f"{name} has an empty id")
        return list(dict.fromkeys(found))

    def known_type(self, push_type: str) -> None:
        """That the type is one of the API page's."""
        if push_type not in _TYPES and self._unknown_type is not None:
            raise invalid_parameter(f"type is none of {', '.join(TYPES)}", self._unknown_type)

    def text(self, name: str, value: object) -> str:
        """The value of a parameter that has to be a string."""
        if not isinstance(value, str):
            value = self._cast(name, value)
        longest = LONGEST.get(name, MOST_CHARACTERS)
        if len(value) > longest:
            raise invalid_parameter(f"{name} is longer than {longest} characters", self._over_long)
        if "\0" in value:
            raise invalid_parameter(f"{name} has the character U+0000")
        return value

    def _cast(self, name: str, value: object) -> str:
        """A number or a boolean as JavaScript would write it, where the policy is to take them."""
        if self._casts and isinstance(value, bool):
            return "true" if value else "false"
        if self._casts and isinstance(value, int | float):
            return str(int(value) if value == int(value) else value)
        raise invalid_parameter(f"{name} is not a string", self._non_string)


def are_required(*names: str) -> str:
    """What a request is told that lacks one of these parameters."""
    if len(names) == 1:
        return f"{names[0]} is required"
    return f"{', '.join(names[:-1])} and {names[-1]} are required"


def _is_json(content_type: str | None) -> bool:
    return content_type is not None and content_type.partition(";")[0].strip().lower() == "application/json"
