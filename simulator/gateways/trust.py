"""What the gateways take for proof of who is pushing: made with the credentials, read by the judges."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

Environment = Literal["production", "sandbox"]


@dataclass(frozen=True, slots=True)
class ApnsKey:
    """An authentication key of an Apple developer team."""

    team: str
    public: EllipticCurvePublicKey
    environments: tuple[Environment, ...] = ("production", "sandbox")


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """Who may send for a Firebase project."""

    email: str
    public: RSAPublicKey


@dataclass(frozen=True, slots=True)
class Trust:
    """Keys, topics and projects. The fleet's apps are of one bundle, one project and one VAPID key."""

    bundle: str  # the APNs topic; VoIP pushes go to <bundle>.voip
    team: str  # whose topics these are
    apns_keys: Mapping[str, ApnsKey]  # by key id
    project: str  # the Firebase project whose sender the fleet's tokens are bound to
    accounts: Mapping[str, ServiceAccount]  # by project: others than `project` get SENDER_ID_MISMATCH
    vapid: bytes  # the application server key that the browsers' subscriptions are bound to: 65 bytes, uncompressed
