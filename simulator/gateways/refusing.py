"""How each provider refuses a push for reasons of its own: overload, maintenance, a fault of its own."""

from typing import Final
from uuid import uuid4

import orjson

from simulator.gateways.delivery import Provider
from simulator.gateways.faults import ERROR, SHUTDOWN, THROTTLE, UNAVAILABLE, Fault
from simulator.gateways.request import Answer, Request

_STATUSES: Final = {THROTTLE: 429, UNAVAILABLE: 503, SHUTDOWN: 503, ERROR: 500}
_APNS: Final = {
    THROTTLE: "TooManyRequests",
    UNAVAILABLE: "ServiceUnavailable",
    SHUTDOWN: "Shutdown",
    ERROR: "InternalServerError",
}
_FCM: Final = {THROTTLE: "QUOTA_EXCEEDED", UNAVAILABLE: "UNAVAILABLE", SHUTDOWN: "UNAVAILABLE", ERROR: "INTERNAL"}
_RPC: Final = {
    THROTTLE: "RESOURCE_EXHAUSTED",
    UNAVAILABLE: "UNAVAILABLE",
    SHUTDOWN: "UNAVAILABLE",
    ERROR: "INTERNAL",
}
_WORDS: Final = {
    THROTTLE: "Sending limit exceeded for the message target.",
    UNAVAILABLE: "The service is currently unavailable.",
    SHUTDOWN: "The service is shutting down.",
    ERROR: "Internal error encountered.",
}
_FCM_ERROR: Final = "type.googleapis.com/google.firebase.fcm.v1.FcmError"


def refusal(provider: Provider, fault: Fault, request: Request) -> tuple[Answer, str]:
    """The answer of a provider that has this fault, and the reason, which is one of REASONS."""
    later = (("retry-after", str(int(fault.seconds))),) if fault.name in (THROTTLE, UNAVAILABLE) else ()
    status = _STATUSES[fault.name]
    if provider is Provider.APNS:
        headers = (("apns-id", request.headers.get("apns-id") or str(uuid4()).upper()), *later)
        return Answer(status, headers, orjson.dumps({"reason": _APNS[fault.name]})), _APNS[fault.name]
    reason = _FCM[fault.name]
    if provider is Provider.FCM:
        headers = (("content-type", "application/json; charset=UTF-8"), *later)
        return Answer(status, headers, orjson.dumps({"error": _google_error(fault.name, status)})), reason
    return Answer(status, (("content-type", "text/plain"), *later), _WORDS[fault.name].encode()), reason


def _google_error(name: str, status: int) -> dict[str, object]:
    details = [{"@type": _FCM_ERROR, "errorCode": _FCM[name]}]
    return {"code": status, "message": _WORDS[name], "status": _RPC[name], "details": details}
