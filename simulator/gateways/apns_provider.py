"""Who pushes to APNs: the ES256 provider token of a request, and the one team that a connection belongs to."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from simulator.gateways.jwt_cache import JwtCache, seconds
from simulator.gateways.request import Request
from simulator.gateways.trust import Environment, Trust

_LIFE: Final = 3600.0  # seconds: Apple refuses a token whose iat is more than an hour ago
_AHEAD: Final = 60.0  # seconds that a provider's clock may be ahead of ours
# Apple: "don't refresh it more than once every 20 minutes". A second change on one connection within that is too many;
# the first replaces whatever the connection began with.
_REFRESH: Final = 20 * 60.0
_CONNECTIONS: Final = 10_000


class _Connection:
    """What is remembered of a connection."""

    __slots__ = ("changed", "key", "token")

    def __init__(self, token: str, key: str) -> None:
        self.token = token
        self.key = key
        self.changed: float | None = None  # Unix seconds: when the token was last another one


class ProviderTokens:
    """Judges provider tokens. `clock` gives Unix seconds."""

    def __init__(self, trust: Trust, environment: Environment, clock: Callable[[], float]) -> None:
        self._trust = trust
        self._environment = environment
        self._clock = clock
        self._cache = JwtCache()
        self._connections: OrderedDict[str, _Connection] = OrderedDict()

    def refusal(self, request: Request) -> str:
        """Why the provider is refused; empty if it is not."""
        scheme, _, token = (request.headers.get("authorization") or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return "MissingProviderToken"
        header = self._cache.header(token) or {}
        key = self._trust.apns_keys.get(str(header.get("kid")))
        signed = None if key is None else self._cache.verified(token, key.public)
        if key is None or signed is None or signed.claims.get("iss") != key.team or key.team != self._trust.team:
            return "InvalidProviderToken"
        issued = seconds(signed.claims, "iat")
        if issued is None or issued > self._clock() + _AHEAD:
            return "InvalidProviderToken"
        if issued < self._clock() - _LIFE:
            return "ExpiredProviderToken"
        if self._environment not in key.environments:
            return "BadEnvironmentKeyIdInToken"
        return self._of_connection(request.peer, token, str(header["kid"]))

    def _of_connection(self, peer: str, token: str, key: str) -> str:
        known = self._connections.get(peer)
        if known is None:
            self._connections[peer] = _Connection(token, key)
            if len(self._connections) > _CONNECTIONS:
                self._connections.popitem(last=False)
            return ""
        if known.token == token:
            return ""
        if known.key != key:
            return "UnrelatedKeyIdInToken"
        now = self._clock()
        if known.changed is not None and now - known.changed < _REFRESH:
            return "TooManyProviderTokenUpdates"
        known.token, known.changed = token, now
        return ""
