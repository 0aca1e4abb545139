"""What the Apple Push Notification service would answer.

After developer.apple.com, "Sending notification requests to APNs" and "Handling notification responses from APNs". The
checks run in the order of pushy's mock server: id, method, path, topic, collapse id, priority, expiration, push type,
the token's shape, unregistered, the token for the topic, the provider's authentication, the payload.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple
from uuid import uuid4

import orjson

from simulator.gateways.apns_provider import ProviderTokens
from simulator.gateways.delivery import NOBODY, Delivery, Provider, Topic
from simulator.gateways.reasons import PUSH_TYPES, number_of
from simulator.gateways.request import Answer, Judged, Request
from simulator.gateways.standing import Known, Registry, Standing
from simulator.gateways.trust import Environment, Trust
from simulator.tokens.mark import find_mark
from simulator.tokens.types import PushType

_PATH: Final = "/3/device/"
_ID: Final = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_TOKEN: Final = re.compile(r"(?:[0-9a-fA-F]{2}){32,100}")  # variable: Apple says not to hard-code the size
_PRIORITIES: Final = frozenset({"1", "5", "10"})
_LONGEST_COLLAPSE_ID: Final = 64
_MOST_BYTES: Final = {Topic.ALERT: 4096, Topic.VOIP: 5120}
_ONCE: Final = (
    *("apns-id", "apns-topic", "apns-push-type", "apns-priority", "apns-expiration", "apns-collapse-id"),
    "authorization",
)
_STATUSES: Final = {
    **dict.fromkeys(("MissingProviderToken", "InvalidProviderToken", "ExpiredProviderToken"), 403),
    **dict.fromkeys(("UnrelatedKeyIdInToken", "BadEnvironmentKeyIdInToken"), 403),
    "BadPath": 404,
    "MethodNotAllowed": 405,
    "Unregistered": 410,
    "ExpiredToken": 410,
    "PayloadTooLarge": 413,
    "TooManyProviderTokenUpdates": 429,
    "TooManyRequests": 429,
}
_PUSH_TYPES: Final = {name: number for number, name in enumerate(PUSH_TYPES)}


class _Refused(Exception):  # noqa: N818 - it is an answer
    """The request is refused for a reason of Apple's."""

    def __init__(self, reason: str, timestamp: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.timestamp = timestamp  # Unix seconds: when the token was found dead


class _Named(NamedTuple):
    """What a request says of the token that it is for."""

    known: Known
    topic: Topic
    push_type: int


class ApnsJudge:
    """APNs in one environment. `clock` gives Unix seconds.

    All tokens that are minted are production's; the sandbox does not know them unless it `owns_tokens`.
    """

    def __init__(
        self,
        trust: Trust,
        registry: Registry,
        environment: Environment,
        clock: Callable[[], float],
        *,
        owns_tokens: bool | None = None,
    ) -> None:
        self._registry = registry
        self._owns_tokens = environment == "production" if owns_tokens is None else owns_tokens
        self._providers = ProviderTokens(trust, environment, clock)
        self._topics = {trust.bundle: Topic.ALERT, f"{trust.bundle}.voip": Topic.VOIP}

    def judge(self, request: Request) -> Judged:
        """Judge one request."""
        number = request.headers.get("apns-id")
        named: _Named | None = None
        try:
            self._judge_id(number)
            named = self._named(request)
            self._judge_rest(request, named)
        except _Refused as refused:
            return Judged(_refusal(refused, number), _delivery(request, named, refused.reason))
        answer = Answer(200, (("apns-id", number or str(uuid4()).upper()),))
        return Judged(answer, _delivery(request, named, ""))

    def _judge_id(self, number: str | None) -> None:
        if number is not None and not _ID.fullmatch(number):
            raise _Refused("BadMessageId")

    def _named(self, request: Request) -> _Named:
        """The token and topic of a request; raises _Refused for what is checked before and up to the token's shape."""
        if request.method != "POST":
            raise _Refused("MethodNotAllowed")
        if not request.path.startswith(_PATH):
            raise _Refused("BadPath")
        headers = request.headers
        if any(len(headers.get_all(name)) > 1 for name in _ONCE):
            raise _Refused("DuplicateHeaders")
        token = request.path[len(_PATH) :]
        if not token:
            raise _Refused("MissingDeviceToken")
        topic = self._topic(headers.get("apns-topic"))
        _judge_options(request)
        push_type = _push_type(headers.get("apns-push-type"), topic)
        if not _TOKEN.fullmatch(token):
            raise _Refused("BadDeviceToken")
        return _Named(self._registry.look_up(token.lower()), topic, push_type)

    def _topic(self, topic: str | None) -> Topic:
        if not topic:
            raise _Refused("MissingTopic")
        found = self._topics.get(topic)
        if found is None:
            raise _Refused("TopicDisallowed" if re.fullmatch(r"[A-Za-z0-9.-]+", topic) else "BadTopic")
        return found

    def _judge_rest(self, request: Request, named: _Named) -> None:
        known = named.known
        if known.write is None or not self._owns_tokens or known.write.type not in (PushType.IOS, PushType.IOS_VOIP):
            raise _Refused("BadDeviceToken")
        if known.standing is Standing.SUPERSEDED and known.dead_since is not None:
            raise _Refused("Unregistered", known.dead_since)
        if (known.write.type is PushType.IOS_VOIP) is not (named.topic is Topic.VOIP):
            raise _Refused("DeviceTokenNotForTopic")
        if reason := self._providers.refusal(request):
            raise _Refused(reason)
        _judge_payload(request.body, named.topic)


def _judge_options(request: Request) -> None:
    headers = request.headers
    if len((headers.get("apns-collapse-id") or "").encode()) > _LONGEST_COLLAPSE_ID:
        raise _Refused("BadCollapseId")
    if (headers.get("apns-priority") or "10") not in _PRIORITIES:
        raise _Refused("BadPriority")
    expiration = headers.get("apns-expiration") or "0"
    if not (expiration.isascii() and expiration.isdecimal()):
        raise _Refused("BadExpirationDate")


def _push_type(said: str | None, topic: Topic) -> int:
    """The number of a push type; without one it is what the topic says, as with Apple's older clients."""
    if said is None:
        return 0
    number = _PUSH_TYPES.get(said, 0)
    if not number or (said == "voip") is not (topic is Topic.VOIP):
        raise _Refused("InvalidPushType")
    return number


def _judge_payload(body: bytes, topic: Topic) -> None:
    if not body:
        raise _Refused("PayloadEmpty")
    if len(body) > _MOST_BYTES[topic]:
        raise _Refused("PayloadTooLarge")
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict) or not document:  # Apple documents no reason of its own for this
        raise _Refused("PayloadEmpty")


def _refusal(refused: _Refused, number: str | None) -> Answer:
    body: dict[str, str | int] = {"reason": refused.reason}
    if refused.timestamp is not None:
        body["timestamp"] = int(refused.timestamp * 1000)
    headers = (("apns-id", number or str(uuid4()).upper()), ("content-type", "application/json"))
    return Answer(_STATUSES.get(refused.reason, 400), headers, orjson.dumps(body))


def _delivery(request: Request, named: _Named | None, reason: str) -> Delivery | None:
    if named is None:
        return None
    mark = find_mark(request.body)
    known = named.known
    kind = PushType.IOS_VOIP if named.topic is Topic.VOIP else PushType.IOS
    return Delivery(
        provider=Provider.APNS,
        topic=named.topic,
        status=_STATUSES.get(reason, 400) if reason else 200,
        reason=number_of(reason),
        push_type=named.push_type,
        fleet=known.fleet,
        owner=NOBODY if mark is None else mark.person,
        sent=0 if mark is None else mark.sent,
        register=known.register >> 8 << 8 | kind if known.register else 0,
        value=known.value,
        origin=known.register,
        received=0,
        answered=0,
    )
