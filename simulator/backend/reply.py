"""Answers in the API page's shapes."""

from typing import Any, Final, NamedTuple

import orjson


class Reply(NamedTuple):
    """An HTTP answer: its status, its JSON body, and headers beside those of every answer."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


class Refused(Exception):  # noqa: N818 - it is an answer
    """A request is refused with `reply`, before it changed anything."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def accepted(result: dict[str, Any]) -> Reply:
    """Success with this `result`."""
    return Reply(200, orjson.dumps({"RC": 0, "RM": "OK", "result": result}))


def error(status: int, reason: str, code: str, message: str, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """An answer in the shape of the API page's errors; RC repeats the status."""
    body = {"RC": status, "RM": reason, "error": {"code": code, "message": message}}
    return Reply(status, orjson.dumps(body), headers)


def missing_parameter(message: str) -> Refused:
    """400 MISSING_PARAMETER."""
    return Refused(error(400, "Bad Request", "MISSING_PARAMETER", message))


def invalid_parameter(message: str) -> Refused:
    """400 INVALID_PARAMETER, which the API page does not know: our default for what it leaves open."""
    return Refused(error(400, "Bad Request", "INVALID_PARAMETER", message))


def method_not_allowed(allowed: str) -> Reply:
    """405, naming the one method that the path has."""
    headers = (("allow", allowed),)
    return error(405, "Method Not Allowed", "METHOD_NOT_ALLOWED", f"Use {allowed}", headers)


SUBSCRIBED: Final = accepted({})
INVALID_TOKEN: Final = error(401, "Unauthorized", "INVALID_TOKEN", "Invalid or expired token")
INVALID_API_KEY: Final = error(401, "Unauthorized", "INVALID_API_KEY", "Invalid API key")
MISSING_API_KEY: Final = error(401, "Unauthorized", "MISSING_API_KEY", "API key is required")
INVALID_CLIENT_KEY: Final = error(403, "Forbidden", "INVALID_CLIENT_KEY", "Invalid client key")
CLIENT_NOT_FOUND: Final = error(404, "Not Found", "CLIENT_NOT_FOUND", "Client not found")
PUSH_NOT_FOUND: Final = error(404, "Not Found", "PUSH_NOT_FOUND", "No such push")
PUSH_UNAVAILABLE: Final = error(503, "Service Unavailable", "PUSH_UNAVAILABLE", "There is no provider to push to")
PUSH_QUEUE_FULL: Final = error(
    503, "Service Unavailable", "PUSH_QUEUE_FULL", "Too many pushes are under way", (("retry-after", "1"),)
)
NOT_FOUND: Final = error(404, "Not Found", "NOT_FOUND", "No such path")
INTERNAL_ERROR: Final = error(500, "Internal Server Error", "INTERNAL_ERROR", "The request failed")
