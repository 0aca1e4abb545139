"""What a request's body says, checked before anything is done with it.

A parameter that is absent, null or the empty string is missing. What the API page leaves open is refused as
INVALID_PARAMETER: a type it does not list, a value that is no string, one that is too long.
"""

from typing import Any, Final

import orjson

from simulator.backend.reply import invalid_parameter, missing_parameter

TYPES: Final = frozenset({"ios", "android", "fcm", "web", "ios-voip"})
_MOST_CHARACTERS: Final = 255
# A web push subscription is a JSON document in the token field, with keys and an endpoint's URL.
_LONGEST: Final = {"token": 4096, "avatarUrl": 2048}

Parameters = dict[str, Any]


def parse(body: bytes) -> Parameters:
    """The JSON object in a request's body; an empty body is an empty object. Raises Refused."""
    if not body:
        return {}
    try:
        parameters = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise invalid_parameter("The body is not JSON") from None
    if not isinstance(parameters, dict):
        raise invalid_parameter("The body is not a JSON object")
    return parameters


def required(parameters: Parameters, *names: str) -> list[str]:
    """The values of parameters that have to be there. Raises Refused, naming all of them as the API page does."""
    values = [parameters.get(name) for name in names]
    if None in values or "" in values:
        raise missing_parameter(_are_required(names))
    return [_text(name, value) for name, value in zip(names, values, strict=True)]


def optional(parameters: Parameters, name: str) -> str | None:
    """The value of a parameter that may be missing. Raises Refused."""
    value = parameters.get(name)
    return None if value is None else _text(name, value)


def known_type(push_type: str) -> str:
    """The type, if it is one of the API page's. Raises Refused."""
    if push_type not in TYPES:
        raise invalid_parameter(f"type is none of {', '.join(sorted(TYPES))}")
    return push_type


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise invalid_parameter(f"{name} is not a string")
    longest = _LONGEST.get(name, _MOST_CHARACTERS)
    if len(value) > longest:
        raise invalid_parameter(f"{name} is longer than {longest} characters")
    return value


def _are_required(names: tuple[str, ...]) -> str:
    if len(names) == 1:
        return f"{names[0]} is required"
    return f"{', '.join(names[:-1])} and {names[-1]} are required"
