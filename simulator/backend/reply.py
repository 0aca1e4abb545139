"""Answers in the API page's shapes."""

from typing import Any, Final, NamedTuple

import orjson

_RETRY_SECONDS: Final = 60  # as documented, however much of the minute is left
REASONS: Final = {  # in Node's words, which Python's are not in every version
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    411: "Length Required",
    413: "Payload Too Large",
    422: "Unprocessable Entity",
    426: "Upgrade Required",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


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


def error(status: int, code: str, message: str, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """An answer in the shape of the API page's errors; RC repeats the status, RM says it in words."""
    body = {"RC": status, "RM": REASONS[status], "error": {"code": code, "message": message}}
    return Reply(status, orjson.dumps(body), headers)


def missing_parameter(message: str) -> Refused:
    """400 MISSING_PARAMETER."""
    return Refused(error(400, "MISSING_PARAMETER", message))


def invalid_parameter(message: str, status: int = 400) -> Refused:
    """INVALID_PARAMETER, which the API page does not know: our answer to what it leaves open."""
    return Refused(error(status, "INVALID_PARAMETER", message))


def method_not_allowed(allowed: str) -> Reply:
    """405, naming the methods that the path has."""
    return error(405, "METHOD_NOT_ALLOWED", f"Use {allowed}", (("allow", allowed),))


def rate_limited() -> Reply:
    """429 in the flat shape that IMKIT documents for it."""
    body = {
        "error": "RATE_LIMIT_EXCEEDED",
        "message": "Too many requests, please try again later",
        "retryAfter": _RETRY_SECONDS,
    }
    return Reply(429, orjson.dumps(body), (("retry-after", str(_RETRY_SECONDS)),))


def invalid_client_key(status: int) -> Reply:
    """A wrong or missing client key, which the documents give no status for."""
    return error(status, "INVALID_CLIENT_KEY", "Invalid client key")


SUBSCRIBED: Final = accepted({})
INVALID_TOKEN: Final = error(401, "INVALID_TOKEN", "Invalid or expired token")
INVALID_API_KEY: Final = error(401, "INVALID_API_KEY", "Invalid API key")
MISSING_API_KEY: Final = error(401, "MISSING_API_KEY", "API key is required")
PERMISSION_DENIED: Final = error(403, "PERMISSION_DENIED", "Only members of the room may do this")
CLIENT_NOT_FOUND: Final = error(404, "CLIENT_NOT_FOUND", "Client not found")
TOKEN_NOT_FOUND: Final = error(404, "TOKEN_NOT_FOUND", "Specified token not found for this client")
ROOM_NOT_FOUND: Final = error(404, "ROOM_NOT_FOUND", "The specified room does not exist")
MESSAGE_NOT_FOUND: Final = error(404, "ROOM_NOT_FOUND", "Room or message not found")
PUSH_NOT_FOUND: Final = error(404, "PUSH_NOT_FOUND", "No such push")
NOT_FOUND: Final = error(404, "NOT_FOUND", "No such path")
TOKEN_CONFLICT: Final = error(409, "TOKEN_CONFLICT", "Token already exists for another client")
ROOM_EXISTS: Final = error(409, "ROOM_EXISTS", "There is a room of this _id")
LENGTH_REQUIRED: Final = error(411, "LENGTH_REQUIRED", "Send a Content-Length", (("connection", "close"),))
TOO_LARGE: Final = error(413, "PAYLOAD_TOO_LARGE", "The body is longer than 1 MiB", (("connection", "close"),))
INCOMPLETE: Final = error(400, "INVALID_PARAMETER", "The body was cut short", (("connection", "close"),))
UPGRADE_REQUIRED: Final = error(426, "UPGRADE_REQUIRED", "Open a WebSocket here", (("upgrade", "websocket"),))
INTERNAL_ERROR: Final = error(500, "INTERNAL_ERROR", "The request failed")
PUSH_UNAVAILABLE: Final = error(503, "PUSH_UNAVAILABLE", "There is no provider to push to")
PUSH_QUEUE_FULL: Final = error(503, "PUSH_QUEUE_FULL", "Too many pushes are under way", (("retry-after", "1"),))
