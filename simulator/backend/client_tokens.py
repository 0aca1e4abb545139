"""Client tokens that are issued here: HS256 JWTs of `{id, exp, iat}`, as IMKIT issues them."""

import hashlib
import time
from collections.abc import Callable
from typing import Final, NamedTuple, TypeGuard

import jwt

from simulator.backend.person import Person

WEEK: Final = 7 * 24 * 3600  # seconds: the documented life
MOST_CHARACTERS: Final = 255  # of an id
_NEVER: Final = 2**53
_ALGORITHM: Final = "HS256"
_REMEMBERED: Final = 1_000_000  # verified tokens, some 700 bytes each


class Issued(NamedTuple):
    """A client token, and when it expires in whole seconds since 1970 (UTC)."""

    token: str
    expires: int


def digest_of(token: str) -> str:
    """What a store keeps of a token: it is a secret. 128 bits of its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]


class ClientTokens:
    """Issues and verifies client tokens; `life` in seconds, `clock` in seconds since 1970 (UTC).

    The signing key is the SHA-256 of `secret`, so that a secret of any length makes a key of the length that HS256
    wants (RFC 7518, 3.2). Whoever has the same secret issues tokens that are good here.
    """

    def __init__(self, secret: str, life: float = WEEK, clock: Callable[[], float] = time.time) -> None:
        self._key = hashlib.sha256(secret.encode()).digest()
        self.life = life
        self._clock = clock
        # Tuples of what holds no references, which the garbage collector leaves alone.
        self._verified: dict[str, tuple[str, str, float, int]] = {}

    def issue(self, client_id: str, *, after: int = 0) -> Issued:
        """A token for this client, good from now on for the tokens' life; `iat` is later than the second `after`."""
        now = max(int(self._clock()), after + 1)
        expires = int(now + self.life)
        claims = {"id": client_id, "exp": expires, "iat": now}
        return Issued(jwt.encode(claims, self._key, algorithm=_ALGORITHM), expires)

    def person(self, token: str) -> Person | None:
        """Whom a token was issued to; None if it is not ours or has expired. The store knows if it was revoked."""
        found = self._verified.get(token) or self._verify(token)
        if found is None or self.has_expired(found[2]):
            return None
        return Person(found[0], found[1], found[2], issued=found[3])

    def has_expired(self, expires: float) -> bool:
        """Whether a token that says to expire then, in seconds since 1970, has."""
        return expires <= self._clock()

    def is_ours(self, token: str) -> bool:
        """Whether a token was issued with our secret, expired or not."""
        return (self._verified.get(token) or self._verify(token)) is not None

    def _verify(self, token: str) -> tuple[str, str, float, int] | None:
        """(id, digest, expiry, second of issue) of a token with our signature, expired or not: that the clock says."""
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[_ALGORITHM],
                options={"require": ["id", "exp"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError:
            return None
        client, expires, issued = claims["id"], claims["exp"], claims.get("iat")
        if not isinstance(client, str) or not 0 < len(client) <= MOST_CHARACTERS or "\0" in client:
            return None
        if not _is_second(expires):
            return None
        if len(self._verified) >= _REMEMBERED:
            self._verified.clear()
        found = client, digest_of(token), float(expires), int(issued) if _is_second(issued) else 0
        self._verified[token] = found
        return found


def _is_second(claim: object) -> TypeGuard[int | float]:
    """Whether a claim is a moment that a database can hold."""
    return isinstance(claim, int | float) and 0 <= claim < _NEVER
