import re
from typing import Any, Final

import orjson

from simulator.backend.authentication import Headers
from simulator.backend.client_tokens import MOST_CHARACTERS
from simulator.backend.openapi.about_people import about_people
from simulator.backend.openapi.about_rooms import about_rooms
from simulator.backend.openapi.operation import Operation
from simulator.backend.openapi.shapes import CLIENT, MESSAGE, ROOM, Schema
from simulator.backend.parts import Route
from simulator.backend.policy import Policy
from simulator.backend.reply import Reply

_PLACE: Final = re.compile(r"\{([^}]+)\}")
_ID: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": MOST_CHARACTERS, "pattern": "^[^\\u0000]*$"}
_NUMBER: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
_DESCRIPTION: Final = """\
IMKIT's API for push tokens, as far as its documents tell, and what they leave open by options of ours.

A body counts only as application/json, of a name that stands in it twice the last counts, and a field that is null
counts as absent. Bodies are at most 1 MiB long, and say in Content-Length how long. A path that is not here is answered
404 NOT_FOUND, a method that a path has not 405 METHOD_NOT_ALLOWED, both in the shape of all refusals; a request that is
no HTTP, or whose headers are too large, is answered by the server itself, without a body.
"""


def document(policy: Policy) -> dict[str, Any]:
    """The document of a backend with this policy."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "pushfleet's embedded IMKIT backend", "version": "1", "description": _DESCRIPTION},
        "paths": {
            path: {method.lower(): one.describe(policy, _places(path)) for method, one in methods.items()}
            for path, methods in _operations(policy).items()
        },
        "components": {
            "schemas": {"Client": CLIENT, "Room": ROOM, "Message": MESSAGE},
            "securitySchemes": {
                "ClientKey": _key("IM-CLIENT-KEY", "The app's public key."),
                "ClientToken": _key("IM-Authorization", "A person's client token."),
                "ApiKey": _key("IM-API-KEY", "The platform's secret key, which counts alone."),
            },
        },
    }


def described(policy: Policy) -> Route:
    """The call that answers with the document."""
    answer = Reply(200, orjson.dumps(document(policy)))

    async def describe(_headers: Headers, _body: bytes) -> Reply:
        return answer

    return describe


def _operations(policy: Policy) -> dict[str, dict[str, Operation]]:
    """Every path and method."""
    return {**about_people(policy), **about_rooms(policy)}


def _places(path: str) -> dict[str, Schema]:
    return {name: _NUMBER if name == "push" else _ID for name in _PLACE.findall(path)}


def _key(header: str, description: str) -> dict[str, str]:
    return {"type": "apiKey", "in": "header", "name": header, "description": description}
