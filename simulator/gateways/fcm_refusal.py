"""How FCM refuses: errors in Google's shape (google.aip.dev/193, firebase.google.com "FCM error codes").

A detail of the type FcmError says that the token is at fault, one of the type BadRequest that another field is, and
that the token is good.
"""

from typing import Any, Final, NamedTuple

import orjson

from simulator.gateways.request import Answer

JSON: Final = ("content-type", "application/json; charset=UTF-8")
_FCM_ERROR: Final = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
_BAD_REQUEST: Final = "type.googleapis.com/google.rpc.BadRequest"
_QUOTA_FAILURE: Final = "type.googleapis.com/google.rpc.QuotaFailure"


class Violation(NamedTuple):
    """A field that is wrong."""

    field: str  # its path, such as message.data[0].value; empty: the request itself
    description: str


class Refusal(NamedTuple):
    """Why a request is refused."""

    status: int
    code: str  # of google.rpc.Code
    message: str
    fcm: str = ""  # FcmError's code
    violations: tuple[Violation, ...] = ()
    retry_after: int = 0  # seconds

    @property
    def reason(self) -> str:
        """The word of REASONS: BAD_REQUEST where the token is not to blame for an INVALID_ARGUMENT."""
        if self.fcm or self.code != "INVALID_ARGUMENT":
            return self.fcm or self.code
        return "BAD_REQUEST"

    def answer(self) -> Answer:
        """The HTTP answer."""
        headers = [JSON]
        if self.retry_after:
            headers.append(("retry-after", str(self.retry_after)))
        if self.status == 401:
            headers.append(("www-authenticate", 'Bearer realm="https://accounts.google.com/"'))
        error: dict[str, Any] = {"code": self.status, "message": self.message, "status": self.code}
        if details := list(self._details()):
            error["details"] = details
        return Answer(self.status, tuple(headers), orjson.dumps({"error": error}))

    def _details(self) -> list[dict[str, Any]]:
        details: list[dict[str, Any]] = []
        if self.fcm:
            details.append({"@type": _FCM_ERROR, "errorCode": self.fcm})
        if self.retry_after:
            violation = {"subject": "device", "description": self.message}
            details.append({"@type": _QUOTA_FAILURE, "violations": [violation]})
        if self.violations:
            found = [_without_empty(violation) for violation in self.violations]
            details.append({"@type": _BAD_REQUEST, "fieldViolations": found})
        return details


NOT_FOUND: Final = Refusal(404, "NOT_FOUND", "Requested entity was not found.")
UNREGISTERED: Final = NOT_FOUND._replace(fcm="UNREGISTERED")
NO_CREDENTIALS: Final = Refusal(
    401,
    "UNAUTHENTICATED",
    "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid "
    "authentication credential.",
)
BAD_CREDENTIALS: Final = Refusal(
    401,
    "UNAUTHENTICATED",
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
    "authentication credential.",
)
NOT_PERMITTED: Final = Refusal(
    403, "PERMISSION_DENIED", "Permission 'cloudmessaging.messages.create' denied on resource (or it may not exist)."
)
OTHER_SENDER: Final = Refusal(403, "PERMISSION_DENIED", "SenderId mismatch", fcm="SENDER_ID_MISMATCH")
BAD_TOKEN: Final = Refusal(
    400,
    "INVALID_ARGUMENT",
    "The registration token is not a valid FCM registration token",
    fcm="INVALID_ARGUMENT",
)
BAD_JSON: Final = Refusal(400, "INVALID_ARGUMENT", "Invalid JSON payload received. Unexpected token.")


def wrong_fields(*violations: Violation) -> Refusal:
    """Fields are wrong, and the token, if one is named, must be kept."""
    message = "\n".join(violation.description for violation in violations)
    return Refusal(400, "INVALID_ARGUMENT", message, violations=violations)


def too_many(retry_after: int) -> Refusal:
    """The device has had enough for so many seconds."""
    text = "Device message rate exceeded."
    return Refusal(429, "RESOURCE_EXHAUSTED", text, fcm="QUOTA_EXCEEDED", retry_after=retry_after)


def _without_empty(violation: Violation) -> dict[str, str]:
    said = {"description": violation.description}
    return {"field": violation.field, **said} if violation.field else said
