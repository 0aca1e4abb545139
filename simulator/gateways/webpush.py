"""What a Web Push service would answer: RFC 8030 (delivery), RFC 8291 (encryption), RFC 8292 (VAPID)."""

import re
from base64 import urlsafe_b64decode
from binascii import Error
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from simulator.gateways.browser import decrypted
from simulator.gateways.delivery import NOBODY, Delivery, Provider, Topic
from simulator.gateways.jwt_cache import JwtCache, seconds
from simulator.gateways.reasons import number_of
from simulator.gateways.request import Answer, Judged, Request
from simulator.gateways.standing import Known, Registry, Standing
from simulator.gateways.trust import Trust
from simulator.tokens.browser import HOSTS
from simulator.tokens.mark import find_mark
from simulator.tokens.types import PushType

_VAPID: Final = re.compile(r"vapid\s+(.*)", re.IGNORECASE | re.DOTALL)
_LONGEST_VAPID: Final = 24 * 3600.0  # seconds ahead that `exp` may be (RFC 8292, 2)
_MOST_BYTES: Final = 4096
_TOPIC: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")
_URGENCIES: Final = frozenset({"very-low", "low", "normal", "high"})
_STATUSES: Final = {
    **dict.fromkeys(("MISSING_TTL", "BAD_REQUEST"), 400),
    "BAD_VAPID": 401,
    "OTHER_VAPID_KEY": 403,
    "NO_SUBSCRIPTION": 404,
    "GONE": 410,
    "TOO_LARGE": 413,
}
_HOST_OF: Final = dict(zip(("/fcm/send/", "/wpush/v2/", "/Q"), HOSTS, strict=True))


class _Refused(Exception):  # noqa: N818 - it is an answer
    """The request is refused, for this reason of REASONS."""


class WebPushJudge:
    """The push services of all three browsers. `clock` gives Unix seconds."""

    def __init__(self, trust: Trust, registry: Registry, clock: Callable[[], float]) -> None:
        self._registry = registry
        self._clock = clock
        self._key_bytes = trust.vapid
        self._key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), trust.vapid)
        self._cache = JwtCache()
        self._sent = 0

    def judge(self, request: Request) -> Judged:
        """Judge one request."""
        known = self._registry.look_up_endpoint(request.path)
        try:
            host = _host(request.path)
            self._judge_request(request, known)
            self._judge_vapid(request, host)
        except _Refused as refused:
            reason = str(refused)
            said = reason.lower().replace("_", " ").encode()
            answer = Answer(_STATUSES[reason], (("content-type", "text/plain"),), said)
            return Judged(answer, _delivery(known, None, _STATUSES[reason], reason))
        self._sent += 1
        text = None if known.write is None else decrypted(known.write, request.body)
        answer = Answer(201, (("location", f"https://{host}/m/{self._sent}"), ("ttl", str(_ttl(request)))))
        return Judged(answer, _delivery(known, text, 201, "UNDECRYPTABLE" if text is None else ""))

    def _judge_request(self, request: Request, known: Known) -> None:
        headers = request.headers
        if request.method != "POST":
            raise _Refused("BAD_REQUEST")
        if known.write is None:
            raise _Refused("NO_SUBSCRIPTION")
        if _ttl(request) is None:
            raise _Refused("MISSING_TTL")
        if len(request.body) > _MOST_BYTES:
            raise _Refused("TOO_LARGE")
        if request.body and headers.get("content-encoding") != "aes128gcm":
            raise _Refused("BAD_REQUEST")
        if not _TOPIC.fullmatch(headers.get("topic") or "none") or (headers.get("urgency") or "low") not in _URGENCIES:
            raise _Refused("BAD_REQUEST")
        if known.standing is Standing.SUPERSEDED and known.dead_since is not None:
            raise _Refused("GONE")

    def _judge_vapid(self, request: Request, host: str) -> None:
        found = _VAPID.fullmatch(request.headers.get("authorization") or "")
        said = dict(part.strip().partition("=")[::2] for part in found[1].split(",")) if found else {}
        key = _bytes(said.get("k", ""))
        if key is None or "t" not in said:
            raise _Refused("BAD_VAPID")
        if key != self._key_bytes:
            raise _Refused("OTHER_VAPID_KEY")  # a subscription is bound to the key that it was made with
        signed = self._cache.verified(said["t"], self._key)
        expires = None if signed is None else seconds(signed.claims, "exp")
        now = self._clock()
        if signed is None or signed.claims.get("aud") != f"https://{host}" or expires is None:
            raise _Refused("BAD_VAPID")
        if not now < expires <= now + _LONGEST_VAPID:
            raise _Refused("BAD_VAPID")


def _host(path: str) -> str:
    """Whose endpoint a path is."""
    for prefix, host in _HOST_OF.items():
        if path.startswith(prefix):
            return host
    raise _Refused("NO_SUBSCRIPTION")


def _ttl(request: Request) -> int | None:
    text = request.headers.get("ttl") or ""
    return int(text) if text.isascii() and text.isdecimal() else None


def _bytes(text: str) -> bytes | None:
    try:
        return urlsafe_b64decode(text.strip('"') + "=" * (-len(text.strip('"')) % 4))
    except (Error, ValueError):
        return None


def _delivery(known: Known, text: bytes | None, status: int, reason: str) -> Delivery | None:
    if not known.register and known.write is None:
        return None
    mark = None if text is None else find_mark(text)
    return Delivery(
        provider=Provider.WEB,
        topic=Topic.MESSAGE,
        status=status,
        reason=number_of(reason),
        push_type=0,
        fleet=known.fleet,
        owner=NOBODY if mark is None else mark.person,
        sent=0 if mark is None else mark.sent,
        register=known.register >> 8 << 8 | PushType.WEB if known.register else 0,
        value=known.value,
        origin=known.register,
        received=0,
        answered=0,
    )
