"""Who pushes to APNs: the ES256 provider token of a request, and the one key that a connection belongs to.

After developer.apple.com, "Establishing a token-based connection to APNs".
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from simulator.gateways.jwt_cache import JwtCache, Signed
from simulator.gateways.trust import ApnsKey, Environment, Trust

_LIFE: Final = 3600.0  # seconds: Apple refuses a token whose iat is more than an hour ago
_AHEAD: Final = 60.0  # seconds that a provider's clock may be ahead of ours
# Apple: "refresh your token no more than once every 20 minutes". A second change on one connection within that is too
# many; the first replaces whatever the connection began with. Each connection counts for itself, so that several
# senders, each with a token of its own, are no fault.
_REFRESH: Final = 20 * 60.0
_CONNECTIONS: Final = 10_000
# Nobody tells us that a connection has ended, and its port may be another one's soon: TIME_WAIT is as long as this.
_IDLE: Final = 60.0


class _Connection:
    """What is remembered of a connection."""

    __slots__ = ("changed", "key", "seen", "token")

    def __init__(self, token: str, key: str, now: float) -> None:
        self.token = token
        self.key = key
        self.seen = now  # Unix seconds: when it last pushed
        self.changed: float | None = None  # Unix seconds: when the token was last another one


class ProviderTokens:
    """Judges provider tokens. `clock` gives Unix seconds."""

    def __init__(self, trust: Trust, environment: Environment, clock: Callable[[], float]) -> None:
        self._team = trust.team
        self._keys = trust.apns_keys
        self._environment = environment
        self._clock = clock
        self._cache = JwtCache(self._key_of)
        self._connections: OrderedDict[str, _Connection] = OrderedDict()

    def refusal(self, authorization: str, peer: str) -> str:
        """Why the provider of this header is refused, empty where there is none; empty if it is not."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            return "MissingProviderToken"
        signed = self._cache.verified(token)
        if signed is None:
            return "InvalidProviderToken"
        name, now = str(signed.header["kid"]), self._clock()
        return self._of_claims(signed, self._keys[name], now) or self._of_connection(peer, token, name, now)

    def _of_claims(self, signed: Signed, key: ApnsKey, now: float) -> str:
        issued = signed.issued
        if signed.claims.get("iss") != key.team or issued is None or issued > now + _AHEAD:
            return "InvalidProviderToken"
        if issued < now - _LIFE:
            return "ExpiredProviderToken"
        return "" if self._environment in key.environments else "BadEnvironmentKeyIdInToken"

    def _of_connection(self, peer: str, token: str, key: str, now: float) -> str:
        known = self._connections.get(peer)
        if known is not None and known.key != key and now - known.seen < _IDLE:
            return "UnrelatedKeyIdInToken"
        if self._keys[key].team != self._team:
            return "InvalidProviderToken"  # whoever it is, the topics are not theirs
        if known is None or now - known.seen >= _IDLE:
            self._begin(peer, _Connection(token, key, now))
            return ""
        known.seen = now
        return "" if known.token == token else _changed(known, token, now)

    def _begin(self, peer: str, connection: _Connection) -> None:
        self._connections[peer] = connection
        self._connections.move_to_end(peer)
        if len(self._connections) > _CONNECTIONS:
            self._connections.popitem(last=False)

    def _key_of(self, header: dict[str, Any]) -> EllipticCurvePublicKey | None:
        key = self._keys.get(str(header.get("kid")))
        return None if key is None else key.public


def _changed(connection: _Connection, token: str, now: float) -> str:
    if connection.changed is not None and now - connection.changed < _REFRESH:
        return "TooManyProviderTokenUpdates"
    connection.token, connection.changed = token, now
    return ""
