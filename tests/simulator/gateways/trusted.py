"""Who the providers trust in tests, and what is signed with their keys: for tests of judges and of front ends alike."""

import os
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from functools import cache
from typing import Any

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from simulator.gateways.standing import Known, Registry, Standing
from simulator.gateways.trust import ApnsKey, ServiceAccount, Trust
from simulator.tokens import Provenance
from simulator.tokens.browser import browser_keys

NOW = 1_800_000_000.0  # Unix seconds
BUNDLE, VOIP = "com.example.app", "com.example.app.voip"
OURS, THEIRS = "ours", "theirs"  # Firebase projects: the tokens' own, and another
KEY, OTHER = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))


def public(key: ec.EllipticCurvePrivateKey) -> bytes:
    """65 bytes, uncompressed."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


TRUST = Trust(
    bundle=BUNDLE,
    team="TEAM000001",
    apns_keys={
        "KEY0000001": ApnsKey("TEAM000001", KEY.public_key()),
        "KEY0000002": ApnsKey("TEAM000001", OTHER.public_key()),
        "SANDBOXKEY": ApnsKey("TEAM000001", KEY.public_key(), ("sandbox",)),
        "STRANGEKEY": ApnsKey("TEAM000002", OTHER.public_key()),
    },
    project=OURS,
    accounts={},
    vapid=public(KEY),
)


@dataclass
class Clock:
    """Unix seconds that stand still until they are set."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


class Dead(Registry):
    """Knows every token superseded, and dead since a minute ago; `replaced` by another installation's or not."""

    replaced = False

    def look_up(self, token: str) -> Known:
        return self._buried(super().look_up(token))

    def look_up_endpoint(self, endpoint: str) -> Known:
        return self._buried(super().look_up_endpoint(endpoint))

    def _buried(self, known: Known) -> Known:
        dead = known._replace(standing=Standing.SUPERSEDED, dead_since=NOW - 60, replaced=self.replaced)
        return dead if known.write else known


class Given:
    """FCM's access tokens, each called as the project that it was given to; all others are nobody's."""

    def account_of(self, token: str) -> str | None:
        return token if token in (OURS, THEIRS) else None


def bearer(key: ec.EllipticCurvePrivateKey = KEY, kid: str = "KEY0000001", **claims: object) -> str:
    """APNs' `authorization`, by default a good one."""
    said: dict[str, Any] = {"iss": TRUST.apns_keys[kid].team, "iat": NOW - 10, **claims}
    return f"bearer {jwt.encode(said, key, algorithm='ES256', headers={'kid': kid})}"


def vapid_token(host: str, key: ec.EllipticCurvePrivateKey = KEY, **claims: object) -> str:
    """The JWT of VAPID, by default a good one for a push service; a claim of None is left out."""
    said = {"aud": f"https://{host}", "exp": NOW + 3600, "sub": "mailto:push@example.com", **claims}
    return jwt.encode({name: value for name, value in said.items() if value is not None}, key, algorithm="ES256")


def vapid(host: str, key: ec.EllipticCurvePrivateKey = KEY, said: bytes = TRUST.vapid, **claims: object) -> str:
    """Web Push's `authorization` (RFC 8292)."""
    return f"vapid t={vapid_token(host, key, **claims)}, k={base64url(said)}"


def base64url(content: bytes) -> str:
    """Without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def encrypted(text: str, write: Provenance) -> bytes:
    """A body for the browser of a subscription (RFC 8291)."""
    keys = browser_keys(write)
    body: bytes = http_ece.encrypt(
        text.encode(),
        salt=os.urandom(16),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=keys.p256dh,
        auth_secret=keys.auth,
        version="aes128gcm",
    )
    return body


@cache
def account_key(project: str) -> rsa.RSAPrivateKey:
    """The key of a project's service account; made when it is first asked for, as that takes a tenth of a second."""
    assert project in (OURS, THEIRS)
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def account(project: str) -> ServiceAccount:
    """The service account of a project, for `Trust.accounts`."""
    return ServiceAccount(f"push@{project}.iam.gserviceaccount.com", account_key(project).public_key())
