"""What a Web Push service would answer: RFC 8030 (delivery), RFC 8291 (encryption), RFC 8292 (VAPID).

One judge stands for the services of Chrome, Firefox and Safari: whose an endpoint is its path tells. A Host header that
names another of the three is an endpoint that this one does not have; any other Host is the gateway's own address.

The checks run as autopush's do: method, endpoint, the sender's VAPID token, gone, size, TTL, topic, urgency, encoding;
and at last whether the subscription has had enough. A service cannot look into a body. One that the browser cannot
decrypt is accepted, and the delivery says UNDECRYPTABLE.
"""

import re
from collections.abc import Callable
from typing import Final

from simulator.gateways import web_refusal as refusals
from simulator.gateways.browser import decrypted
from simulator.gateways.delivery import Delivery, Provider, Topic
from simulator.gateways.request import Answer, Headers, Judged, Request
from simulator.gateways.standing import Known, Registry
from simulator.gateways.throttle import Throttle
from simulator.gateways.trust import Trust
from simulator.gateways.vapid import Vapid
from simulator.gateways.web_refusal import APPLE, Refusal
from simulator.tokens.browser import HOSTS
from simulator.tokens.types import PushType

_MOST_BYTES: Final = 4096  # a service must take as many (RFC 8030, 7.2), and these take no more
_LONGEST_TTL: Final = 4 * 7 * 24 * 3600  # seconds that a push is kept, as at Google's; a longer TTL is cut to it
_TTL: Final = re.compile("-?[0-9]{1,18}")
_TOPIC: Final = re.compile("[A-Za-z0-9_-]{1,32}")
_URGENCIES: Final = (None, "very-low", "low", "normal", "high")
_HOST_OF: Final = dict(zip(("/fcm/send/", "/wpush/v2/", "/Q"), HOSTS, strict=True))


class WebPushJudge:
    """The push services of all three browsers. `clock` gives Unix seconds.

    With `most_per_minute` a subscription is refused with 429 beyond so many pushes.
    """

    def __init__(
        self, trust: Trust, registry: Registry, clock: Callable[[], float], *, most_per_minute: int = 0
    ) -> None:
        self._look_up = registry.look_up_endpoint
        self._vapid = Vapid(trust.vapid, clock)
        self._throttle = Throttle(most_per_minute, clock)
        self._sent = 0

    def judge(self, request: Request) -> Judged:
        """Judge one request."""
        host = _host(request.path)
        if request.method != "POST" or host is None:
            refusal = refusals.NO_SUBSCRIPTION if host is None else refusals.BAD_METHOD
            return Judged(refusal.answer(host or ""), None)
        known = self._look_up(request.path)
        refused = self._refusal(request, known, host)
        # What no service can do is done here for refused pushes too: the mark inside says which push it was.
        readable = 0 < len(request.body) <= _MOST_BYTES
        text = decrypted(known.write, request.body) if known.write is not None and readable else b""
        if refused is not None:
            return Judged(refused.answer(host), _delivery(known, text or b"", refused.at(host), refused.reason))
        reason = "UNDECRYPTABLE" if text is None else ""
        return Judged(self._accepted(request.headers, host), _delivery(known, text or b"", 201, reason))

    def _accepted(self, headers: Headers, host: str) -> Answer:
        self._sent += 1
        ttl = min(int(headers.get("ttl") or 0), _LONGEST_TTL)
        return Answer(201, (("location", f"https://{host}/m/{self._sent}"), ("ttl", str(ttl))))

    def _refusal(self, request: Request, known: Known, host: str) -> Refusal | None:
        headers = request.headers
        if known.write is None or _says_another(headers.get("host"), host):
            return refusals.NO_SUBSCRIPTION
        refused = self._vapid.refusal(headers, host)
        if refused is not None:
            return refused
        if known.is_dead:
            return refusals.GONE
        refused = _of_message(headers, request.body, host)
        if refused is not None:
            return refused
        wait = self._throttle.wait(known.register)
        return refusals.TOO_MANY._replace(retry_after=wait) if wait else None


def _of_message(headers: Headers, body: bytes, host: str) -> Refusal | None:
    if len(body) > _MOST_BYTES:
        return refusals.TOO_LARGE
    ttl = headers.get("ttl")
    if ttl is None or not _TTL.fullmatch(ttl):
        return refusals.MISSING_TTL
    if ttl.startswith("-"):
        return refusals.BAD_TTL
    topic = headers.get("topic")
    # No base64url has 4 n + 1 characters; of the three, Apple alone decodes it and sees.
    if topic is not None and not (_TOPIC.fullmatch(topic) and (host != APPLE or len(topic) % 4 != 1)):
        return refusals.BAD_TOPIC
    if headers.get("urgency") not in _URGENCIES:
        return refusals.BAD_URGENCY
    return refusals.BAD_ENCODING if body and headers.get("content-encoding") != "aes128gcm" else None


def _host(path: str) -> str | None:
    """Whose endpoint a path is; None: nobody's."""
    return next((host for prefix, host in _HOST_OF.items() if path.startswith(prefix)), None)


def _says_another(said: str | None, host: str) -> bool:
    name = (said or "").partition(":")[0].lower()
    return name != host and name in HOSTS


def _delivery(known: Known, text: bytes, status: int, reason: str) -> Delivery:
    return known.delivery(Provider.WEB, Topic.MESSAGE, PushType.WEB, (status, reason), text)
