"""Who pushes to a browser: the VAPID token of a request (RFC 8292), in its final form or the drafts' older one.

authorization: vapid t=JWT, k=KEY
authorization: WebPush JWT        with   crypto-key: p256ecdsa=KEY
"""

import re
from base64 import urlsafe_b64decode
from binascii import Error
from collections.abc import Callable
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from simulator.gateways import web_refusal as refusals
from simulator.gateways.jwt_cache import JwtCache, seconds
from simulator.gateways.request import Headers
from simulator.gateways.web_refusal import APPLE, Refusal

_LONGEST: Final = 24 * 3600.0  # seconds ahead that `exp` may be (RFC 8292, 2)
# RFC 8292, 2.1 lets the subject be left out. Apple does not, and refuses one at localhost or below .local too.
_SUBJECT: Final = re.compile(r"mailto:[^@\s]+@(?!\S+\.local$)[^@\s]+\.[^@\s]+|https://\S+")
_SEPARATORS: Final = re.compile("[,;]")


class Vapid:
    """Judges VAPID tokens for subscriptions that are bound to `key`, 65 bytes. `clock` gives Unix seconds."""

    def __init__(self, key: bytes, clock: Callable[[], float]) -> None:
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
        self._key = key
        self._clock = clock
        self._cache = JwtCache(lambda _: public)

    def refusal(self, headers: Headers, host: str) -> Refusal | None:
        """Why the sender is refused at a push service; None if it is not."""
        token, key = _said(headers)
        if not token:
            return refusals.NO_VAPID
        if not key:
            return refusals.NO_KEY
        if _bytes(key) != self._key:
            return refusals.OTHER_KEY  # a subscription is bound to the key that it was made with (RFC 8292, 4)
        signed = self._cache.verified(token)
        return refusals.BAD_VAPID if signed is None else self._of_claims(signed.claims, host)

    def _of_claims(self, claims: dict[str, Any], host: str) -> Refusal | None:
        expires, now = seconds(claims, "exp"), self._clock()
        if expires is None:
            return refusals.NO_EXPIRY
        if expires <= now:
            return refusals.EXPIRED
        if expires > now + _LONGEST:
            return refusals.LATE_EXPIRY
        if claims.get("aud") != f"https://{host}":
            return refusals.OTHER_ORIGIN
        is_reachable = host != APPLE or _SUBJECT.fullmatch(str(claims.get("sub")))
        return None if is_reachable else refusals.BAD_VAPID


def _said(headers: Headers) -> tuple[str, str]:
    """JWT and key as they stand in a request; empty where one is missing."""
    scheme, _, rest = (headers.get("authorization") or "").partition(" ")
    if scheme.lower() == "vapid":
        parameters = _parameters(rest)
        return parameters.get("t", ""), parameters.get("k", "")
    if scheme.lower() == "webpush":
        return rest.strip(), _parameters(headers.get("crypto-key") or "").get("p256ecdsa", "")
    return "", ""


def _parameters(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in _SEPARATORS.split(text))
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs}


def _bytes(text: str) -> bytes | None:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Error, ValueError):
        return None
