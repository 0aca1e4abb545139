"""ES256 tokens (RFC 7519, 7518), verified once: the signature costs 150 µs, a push all in all a tenth of that."""

import math
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

_REMEMBERED: Final = 10_000
_LONGEST: Final = 4096  # characters; a provider token has about 200


class Signed(NamedTuple):
    """A token whose signature is good: its header, its claims, and of these `iat` as `seconds` reads it."""

    header: dict[str, Any]
    claims: dict[str, Any]
    issued: float | None


class JwtCache:
    """Verifies signatures and nothing else: times and audiences are the judge's business, and change while it waits.

    `key_of` gives the key that a token with this header must be signed by; None if there is none.
    """

    def __init__(self, key_of: Callable[[dict[str, Any]], EllipticCurvePublicKey | None]) -> None:
        self._key_of = key_of
        self._known: dict[str, Signed | None] = {}

    def verified(self, token: str) -> Signed | None:
        """The token, if its key signed it."""
        if token in self._known:
            return self._known[token]
        if len(token) > _LONGEST or not token.isascii():
            return None
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        signed = self._known[token] = self._verify(token)
        return signed

    def _verify(self, token: str) -> Signed | None:
        unchecked = {f"verify_{claim}": False for claim in ("exp", "iat", "nbf", "aud", "iss", "sub", "jti")}
        try:
            key = self._key_of(jwt.get_unverified_header(token))
            if key is None:
                return None
            whole = jwt.decode_complete(token, key, algorithms=["ES256"], options=unchecked)  # type: ignore[arg-type]  # the options are a TypedDict
        except (jwt.InvalidTokenError, RecursionError):  # the latter for JSON that is nested without end
            return None
        return Signed(whole["header"], whole["payload"], seconds(whole["payload"], "iat"))


def seconds(claims: dict[str, Any], name: str) -> float | None:
    """A time in a token's claims, in Unix seconds; None if it is missing or no number. Some clients send floats."""
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None
