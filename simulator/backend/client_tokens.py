"""Client tokens: HS256 JWTs of `{id, exp, iat}`, as IMKIT issues them."""

import hashlib
import time
from collections.abc import Callable
from typing import Final, NamedTuple

import jwt

WEEK: Final = 7 * 24 * 3600  # seconds: the documented life
_ALGORITHM: Final = "HS256"
_REMEMBERED: Final = 1_000_000  # verified tokens, some 600 bytes each


class Issued(NamedTuple):
    """A client token, and when it expires in whole seconds since 1970 (UTC)."""

    token: str
    expires: int


def digest_of(token: str) -> str:
    """What a store keeps of a token that was revoked: it is a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


class ClientTokens:
    """Issues and verifies client tokens; `life` in seconds, `clock` in seconds since 1970 (UTC).

    The signing key is the SHA-256 of `secret`, so that a secret of any length makes a key of the length that HS256
    wants (RFC 7518, 3.2). Whoever has the same secret issues tokens that are good here.
    """

    def __init__(self, secret: str, life: float = WEEK, clock: Callable[[], float] = time.time) -> None:
        self._key = hashlib.sha256(secret.encode()).digest()
        self._life = life
        self._clock = clock
        self._verified: dict[str, tuple[str, float, int]] = {}

    def issue(self, client_id: str, *, after: int = 0) -> Issued:
        """A token for this client, good from now on for the tokens' life; `iat` is later than the second `after`."""
        now = max(int(self._clock()), after + 1)
        expires = int(now + self._life)
        claims = {"id": client_id, "exp": expires, "iat": now}
        return Issued(jwt.encode(claims, self._key, algorithm=_ALGORITHM), expires)

    def client_of(self, token: str) -> str | None:
        """The client that a token was issued to; None if it is not ours or has expired."""
        found = self._verified.get(token) or self._verify(token)
        if found is None or found[1] <= self._clock():
            return None
        return found[0]

    def issued_at(self, token: str) -> int:
        """The second that a token was issued in; 0 if it does not say, or is not ours."""
        found = self._verified.get(token) or self._verify(token)
        return 0 if found is None else found[2]

    def _verify(self, token: str) -> tuple[str, float, int] | None:
        """The (id, expiry, second of issue) of a token with our signature, expired or not: that the clock decides."""
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                options={"require": ["id", "exp"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            return None
        client, expires = claims["id"], claims["exp"]
        if not isinstance(client, str) or not isinstance(expires, int | float):
            return None
        if len(self._verified) >= _REMEMBERED:
            self._verified.clear()
        issued = claims.get("iat")
        found = client, expires, int(issued) if isinstance(issued, int | float) else 0
        self._verified[token] = found
        return found
