"""ES256 tokens (RFC 7519, 7518), verified once: the signature costs 150 µs, a push all in all a quarter of that."""

from typing import Any, Final, NamedTuple

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

_REMEMBERED: Final = 10_000


class Signed(NamedTuple):
    """A token whose signature is good: its header and its claims."""

    header: dict[str, Any]
    claims: dict[str, Any]


class JwtCache:
    """Verifies signatures and nothing else: times and audiences are the judge's business, and change while it waits."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], Signed | None] = {}

    def header(self, token: str) -> dict[str, Any] | None:
        """The header as it says, unverified; None if this is no JWT."""
        try:
            return jwt.get_unverified_header(token)
        except jwt.InvalidTokenError:
            return None

    def verified(self, token: str, key: EllipticCurvePublicKey) -> Signed | None:
        """The token, if `key` signed it."""
        place = token, id(key)
        if place not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[place] = _verify(token, key)
        return self._known[place]


def _verify(token: str, key: EllipticCurvePublicKey) -> Signed | None:
    unchecked = {f"verify_{claim}": False for claim in ("exp", "iat", "nbf", "aud", "iss", "sub", "jti")}
    try:
        whole = jwt.decode_complete(token, key, algorithms=["ES256"], options=unchecked)  # type: ignore[arg-type]  # the options are a TypedDict
    except jwt.InvalidTokenError:
        return None
    return Signed(whole["header"], whole["payload"])


def seconds(claims: dict[str, Any], name: str) -> float | None:
    """A time in a token's claims, in Unix seconds; None if it is missing or no number."""
    value = claims.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
