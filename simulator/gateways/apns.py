"""What the Apple Push Notification service would answer.

After developer.apple.com, "Sending notification requests to APNs" and "Handling notification responses from APNs". The
checks run in the order of pushy's mock server: id, method, path, topic, collapse id, priority, expiration, push type,
repeated headers, the token's shape, unregistered, the token for the topic, the provider's authentication, the payload;
and at last whether the device has had enough.

Apple tells two reasons for 410 and not what tells them apart. Here a token is Unregistered once its installation has a
newer one, and ExpiredToken once another installation has taken that one's place.
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Final
from uuid import uuid4

import orjson

from simulator.gateways import apns_headers
from simulator.gateways.apns_headers import Said
from simulator.gateways.apns_provider import ProviderTokens
from simulator.gateways.delivery import Provider, Topic
from simulator.gateways.request import Answer, Judged, Request
from simulator.gateways.standing import Known, Registry
from simulator.gateways.throttle import Throttle
from simulator.gateways.trust import Environment, Trust
from simulator.tokens.types import PushType

_MOST_BYTES: Final = {Topic.ALERT: 4096, Topic.VOIP: 5120}
_TYPE_OF: Final = {Topic.ALERT: PushType.IOS, Topic.VOIP: PushType.IOS_VOIP}
_APNS: Final = Provider.APNS  # by names of their own: Python takes long to look a member up in its enumeration
_ALERT: Final = Topic.ALERT
_APPLES: Final = tuple(_TYPE_OF.values())
_STATUSES: Final = {
    "": 200,
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


class ApnsJudge:
    """APNs in one environment. `clock` gives Unix seconds.

    All tokens that are minted are of the environment `home`, and the other one does not know them. With
    `most_per_minute` a device is TooManyRequests beyond so many pushes; Apple does not say how many it takes.
    """

    def __init__(
        self,
        trust: Trust,
        registry: Registry,
        environment: Environment,
        clock: Callable[[], float],
        *,
        home: Environment = "production",
        most_per_minute: int = 0,
    ) -> None:
        self._look_up = registry.look_up
        self._owns_tokens = environment == home
        self._providers = ProviderTokens(trust, environment, clock)
        self._topics = {trust.bundle: Topic.ALERT, f"{trust.bundle}.voip": Topic.VOIP}
        self._throttle = Throttle(most_per_minute, clock)
        self._ids = _ids()

    def judge(self, request: Request) -> Judged:
        """Judge one request."""
        said = Said.of(request, self._topics)
        known = self._look_up(said.token) if said.token else None
        reason = apns_headers.refusal(request, said)
        if known is None:
            return Judged(self._answer(said, reason, None), None)
        reason = reason or self._refusal(request, said, known)
        kind = _TYPE_OF.get(said.topic, known.register & 0xFF)  # for no topic of the app's: the token's own
        answered = _STATUSES.get(reason, 400), reason
        delivery = known.delivery(_APNS, said.topic, kind, answered, request.body, said.push_type)
        return Judged(self._answer(said, reason, known.dead_since), delivery)

    def _refusal(self, request: Request, said: Said, known: Known) -> str:
        """The first reason that token, provider and payload give."""
        write = known.write
        if write is None or write.type not in _APPLES or not self._owns_tokens:
            return "BadDeviceToken"
        if known.is_dead:
            return "ExpiredToken" if known.replaced else "Unregistered"
        if write.type is not _TYPE_OF[said.topic]:
            return "DeviceTokenNotForTopic"
        return (
            self._providers.refusal(said.headers.get("authorization", ""), request.peer)
            or _of_payload(request.body, said.topic)
            or ("TooManyRequests" if self._throttle.wait(known.register) else "")
        )

    def _answer(self, said: Said, reason: str, dead_since: float | None) -> Answer:
        # Echoed to the letter, even where it is bad: clients find their request by it.
        echoed = "apns-id", said.headers.get("apns-id") or next(self._ids)
        if not reason:
            return Answer(200, (echoed,))
        status, body = _STATUSES.get(reason, 400), dict[str, str | int](reason=reason)
        if status == 410 and dead_since is not None:
            body["timestamp"] = int(dead_since * 1000)
        return Answer(status, (echoed, ("content-type", "application/json")), orjson.dumps(body))


def _ids() -> Iterator[str]:
    """UUIDs that nobody else makes: of a random one's first 80 bits, as 128 cost ten times as much for each push."""
    first = str(uuid4()).upper()[:-12]
    return (f"{first}{number:012X}" for number in count(1))


def _of_payload(body: bytes, topic: Topic) -> str:
    if not body:
        return "PayloadEmpty"
    if len(body) > _MOST_BYTES[topic]:
        return "PayloadTooLarge"
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        document = None
    # Apple asks for an `aps` dictionary and documents no reason of its own for its absence. What PushKit hands to an
    # app is the app's own affair.
    found = document.get("aps") if isinstance(document, dict) and topic is _ALERT else document
    return "" if isinstance(found, dict) else "PayloadEmpty"
