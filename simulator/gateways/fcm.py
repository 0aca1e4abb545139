"""What Firebase Cloud Messaging's HTTP v1 API would answer.

After firebase.google.com, "projects.messages.send" and "FCM error codes". The checks run as Google's layers do:
address, credentials, permission, JSON and fields, target, the token's form, sender, unregistered, quota.

A `token` is a registration token, of FCM or from GCM's days; a `fid` is a bare installation id of 22 characters. Each
in the other's field is malformed. Topics and conditions reach nobody here, and are refused.
"""

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple, Protocol

import orjson

from simulator.gateways import fcm_refusal as refusals
from simulator.gateways.delivery import Provider, Topic
from simulator.gateways.fcm_message import violations
from simulator.gateways.fcm_refusal import JSON, Refusal, Violation, too_many, wrong_fields
from simulator.gateways.request import Answer, Judged, Request
from simulator.gateways.standing import Known, Registry
from simulator.gateways.throttle import Throttle
from simulator.gateways.trust import Trust
from simulator.tokens.types import PushType

_PATH: Final = re.compile(r"/v1/projects/([^/]+)/messages:send")
_TARGETS: Final = ("token", "fid", "topic", "condition")
_FID_CHARACTERS: Final = 22
# By names of their own: Python takes long to look a member up in its enumeration.
_FCM: Final = Provider.FCM
_MESSAGE: Final = Topic.MESSAGE
_FIREBASE: Final = PushType.FCM
_GOOGLES: Final = (PushType.FCM, PushType.ANDROID)
_DRY_RUN: Final = "fake_message_id"  # what Google calls a message that was validated only


class AccessTokens(Protocol):
    """Who an access token was given to."""

    def account_of(self, token: str) -> str | None:
        """The project of the service account; None if the token is none of ours, or has expired."""
        ...


class _Asked(NamedTuple):
    """A request's body as far as it can be read."""

    document: dict[str, Any] | None  # None: no JSON object
    target: str | None  # the token or FID that is named, in whichever field; None: none, so that nobody is pushed to
    validate_only: bool

    @classmethod
    def of(cls, body: bytes) -> "_Asked":
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError:
            document = None
        if not isinstance(document, dict):
            return cls(None, None, validate_only=False)
        message = document.get("message")
        token, fid = (message.get("token"), message.get("fid")) if isinstance(message, dict) else (None, None)
        target = token if isinstance(token, str) else fid if isinstance(fid, str) else None
        dry = document.get("validate_only", document.get("validateOnly"))
        return cls(document, target, validate_only=dry is True)


class FcmJudge:
    """FCM for the projects of `trust`. `clock` gives Unix seconds.

    With `most_per_minute` a device has QUOTA_EXCEEDED beyond so many messages; Google takes 240.
    """

    def __init__(
        self,
        trust: Trust,
        registry: Registry,
        tokens: AccessTokens,
        clock: Callable[[], float],
        *,
        most_per_minute: int = 0,
    ) -> None:
        self._project = trust.project
        self._look_up = registry.look_up
        self._account_of = tokens.account_of
        self._clock = clock
        self._throttle = Throttle(most_per_minute, clock)
        self._sent = 0

    def judge(self, request: Request) -> Judged:
        """Judge one request."""
        address = _PATH.fullmatch(request.path)
        if address is None or request.method != "POST":
            return Judged(refusals.NOT_FOUND.answer(), None)
        asked = _Asked.of(request.body)
        known = None if asked.target is None else self._look_up(asked.target)
        refusal = self._of_caller(request, address[1]) or _of_fields(asked) or self._of_token(asked, known, address[1])
        answer = self._accepted(address[1], asked) if refusal is None else refusal.answer()
        if known is None or asked.validate_only:
            return Judged(answer, None)
        kind = known.register & 0xFF
        slot = kind if kind in _GOOGLES else _FIREBASE
        answered = answer.status, "" if refusal is None else refusal.reason
        return Judged(answer, known.delivery(_FCM, _MESSAGE, slot, answered, request.body))

    def _accepted(self, project: str, asked: _Asked) -> Answer:
        self._sent += 1
        number = f"0:{int(self._clock() * 1_000_000)}%{self._sent:016x}"
        name = f"projects/{project}/messages/{_DRY_RUN if asked.validate_only else number}"
        return Answer(200, (JSON,), orjson.dumps({"name": name}))

    def _of_caller(self, request: Request, project: str) -> Refusal | None:
        scheme, _, token = (request.headers.get("authorization") or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return refusals.NO_CREDENTIALS
        account = self._account_of(token)
        if account is None:
            return refusals.BAD_CREDENTIALS
        return None if account == project else refusals.NOT_PERMITTED

    def _of_token(self, asked: _Asked, known: Known | None, project: str) -> Refusal | None:
        if known is None or known.write is None or known.write.type not in _GOOGLES:
            return refusals.BAD_TOKEN
        if project != self._project:
            return refusals.OTHER_SENDER
        if known.is_dead:
            return refusals.UNREGISTERED
        wait = 0 if asked.validate_only else self._throttle.wait(known.register)
        return too_many(wait) if wait else None


def _of_fields(asked: _Asked) -> Refusal | None:
    if asked.document is None:
        return refusals.BAD_JSON
    if found := violations(asked.document):
        return wrong_fields(*found)
    message = asked.document.get("message") or {}
    named = [name for name in _TARGETS if message.get(name) is not None]
    if not named:
        return wrong_fields(Violation("message", "Recipient of the message is not set."))
    if len(named) > 1:
        text = f"Invalid value at 'message' (oneof), oneof field 'target' is already set. Cannot set '{named[1]}'"
        return wrong_fields(Violation("message", text))
    if named[0] not in _TARGETS[:2]:
        text = "These gateways deliver to a token or a fid, and to nobody else."
        return wrong_fields(Violation(f"message.{named[0]}", text))
    is_fid = len(message[named[0]]) == _FID_CHARACTERS
    return None if is_fid is (named[0] == "fid") else refusals.BAD_TOKEN
