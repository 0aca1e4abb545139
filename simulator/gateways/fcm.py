"""What Firebase Cloud Messaging's HTTP v1 API would answer.

After firebase.google.com, "projects.messages.send" and "FCM error codes". Errors have Google's shape; a detail of the
type FcmError says that the token is at fault, one of the type BadRequest that another field is and the token is good.
"""

import re
from collections.abc import Callable
from typing import Any, Final, Protocol

import orjson

from simulator.gateways.delivery import NOBODY, Delivery, Provider, Topic
from simulator.gateways.reasons import number_of
from simulator.gateways.request import Answer, Judged, Request
from simulator.gateways.standing import Known, Registry, Standing
from simulator.gateways.trust import Trust
from simulator.tokens.mark import find_mark
from simulator.tokens.types import PushType

_PATH: Final = re.compile(r"/v1/projects/([^/]+)/messages:send")
_FCM_ERROR: Final = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
_BAD_REQUEST: Final = "type.googleapis.com/google.rpc.BadRequest"
_ENVELOPE: Final = frozenset({"message", "validate_only", "validateOnly"})
_TARGETS: Final = ("token", "fid", "topic", "condition")
_MESSAGE: Final = frozenset(
    {*_TARGETS, "name", "data", "notification", "android", "webpush", "apns", "fcm_options", "fcmOptions"}
)
_FID_CHARACTERS: Final = 22
_MOST_BYTES: Final = 4096  # of data and notification together
_GOOGLES: Final = (PushType.FCM, PushType.ANDROID)
_JSON: Final = ("content-type", "application/json; charset=UTF-8")


class AccessTokens(Protocol):
    """Who an access token was given to."""

    def account_of(self, token: str) -> str | None:
        """The project of the service account; None if the token is none of ours, or has expired."""
        ...


class _Refused(Exception):  # noqa: N818 - it is an answer
    """The request is refused."""

    def __init__(self, status: int, code: str, message: str, *, fcm: str = "", field: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code  # of google.rpc.Code
        self.fcm = fcm  # FcmError's code: the token is at fault
        self.field = field  # BadRequest's field: the token is not


class FcmJudge:
    """FCM for the projects of `trust`. `clock` gives Unix seconds."""

    def __init__(self, trust: Trust, registry: Registry, tokens: AccessTokens, clock: Callable[[], float]) -> None:
        self._trust = trust
        self._registry = registry
        self._tokens = tokens
        self._clock = clock
        self._sent = 0

    def judge(self, request: Request) -> Judged:
        """Judge one request."""
        known: Known | None = None
        try:
            project = self._project(request)
            message = _message(request.body)
            known = self._registry.look_up(_target(message))
            self._judge_token(known, project)
            _judge_fields(message)
        except _Refused as refused:
            reason = refused.fcm or refused.code
            return Judged(_refusal(refused), _delivery(request, known, refused.status, reason))
        self._sent += 1
        name = f"projects/{project}/messages/0:{int(self._clock() * 1_000_000)}%{self._sent:016x}"
        return Judged(Answer(200, (_JSON,), orjson.dumps({"name": name})), _delivery(request, known, 200, ""))

    def _project(self, request: Request) -> str:
        """The project that the caller may send for."""
        found = _PATH.fullmatch(request.path)
        if found is None or request.method != "POST":
            raise _Refused(404, "NOT_FOUND", "Requested entity was not found.")
        scheme, _, token = (request.headers.get("authorization") or "").partition(" ")
        account = self._tokens.account_of(token) if scheme.lower() == "bearer" else None
        if account is None:
            raise _Refused(
                401, "UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token."
            )
        if account != found[1]:
            raise _Refused(403, "PERMISSION_DENIED", "Permission 'cloudmessaging.messages.create' denied on resource.")
        return account

    def _judge_token(self, known: Known, project: str) -> None:
        if known.write is None or known.write.type not in _GOOGLES:
            message = "The registration token is not a valid FCM registration token"
            raise _Refused(400, "INVALID_ARGUMENT", message, fcm="INVALID_ARGUMENT")
        if project != self._trust.project:
            raise _Refused(403, "PERMISSION_DENIED", "SenderId mismatch", fcm="SENDER_ID_MISMATCH")
        if known.standing is Standing.SUPERSEDED and known.dead_since is not None:
            raise _Refused(404, "NOT_FOUND", "Requested entity was not found.", fcm="UNREGISTERED")


def _message(body: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        raise _wrong("", "Invalid JSON payload received.")
    if unknown := document.keys() - _ENVELOPE:
        raise _wrong(min(unknown), f"Invalid JSON payload received. Unknown name {min(unknown)!r}: Cannot find field.")
    message = document.get("message")
    if not isinstance(message, dict):
        raise _wrong("message", "Invalid value at 'message': a message is required.")
    return message


def _target(message: dict[str, Any]) -> str:
    named = [name for name in _TARGETS if name in message]
    if named not in (["token"], ["fid"]):
        raise _wrong("message", "Exactly one of token or fid is required by these gateways.")
    target = message[named[0]]
    if not isinstance(target, str) or not target:
        raise _wrong(f"message.{named[0]}", "Invalid value: a string is required.")
    if (len(target) == _FID_CHARACTERS) is not (named[0] == "fid"):
        text = "The registration token is not a valid FCM registration token"
        raise _Refused(400, "INVALID_ARGUMENT", text, fcm="INVALID_ARGUMENT")
    return target


def _judge_fields(message: dict[str, Any]) -> None:
    if unknown := message.keys() - _MESSAGE:
        raise _wrong(f"message.{min(unknown)}", f"Unknown name {min(unknown)!r} at 'message': Cannot find field.")
    data = message.get("data", {})
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise _wrong("message.data", "Invalid value at 'message.data': values are strings.")
    for name in ("notification", "android", "webpush", "apns"):
        if not isinstance(message.get(name, {}), dict):
            raise _wrong(f"message.{name}", f"Invalid value at 'message.{name}'.")
    if len(orjson.dumps([data, message.get("notification", {})])) > _MOST_BYTES:
        raise _wrong("message", "Message is too big.")


def _wrong(field: str, message: str) -> _Refused:
    return _Refused(400, "INVALID_ARGUMENT", message, field=field or "body")


def _refusal(refused: _Refused) -> Answer:
    details: list[dict[str, Any]] = []
    if refused.fcm:
        details.append({"@type": _FCM_ERROR, "errorCode": refused.fcm})
    if refused.field:
        violations = [{"field": refused.field, "description": str(refused)}]
        details.append({"@type": _BAD_REQUEST, "fieldViolations": violations})
    error = {"code": refused.status, "message": str(refused), "status": refused.code}
    return Answer(
        refused.status, (_JSON,), orjson.dumps({"error": {**error, "details": details} if details else error})
    )


def _delivery(request: Request, known: Known | None, status: int, reason: str) -> Delivery | None:
    if known is None:
        return None
    mark = find_mark(request.body)
    kind = known.register & 0xFF
    slot = kind if kind in _GOOGLES else PushType.FCM
    return Delivery(
        provider=Provider.FCM,
        topic=Topic.MESSAGE,
        status=status,
        reason=number_of(reason),
        push_type=0,
        fleet=known.fleet,
        owner=NOBODY if mark is None else mark.person,
        sent=0 if mark is None else mark.sent,
        register=known.register >> 8 << 8 | slot if known.register else 0,
        value=known.value,
        origin=known.register,
        received=0,
        answered=0,
    )
