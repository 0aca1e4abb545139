"""What a backend needs in order to push to these gateways, in files as Apple and Google hand them out.

They are made in a folder once and used again whenever gateways are started there, so that a staging deployment is
configured once. Every secret among them is readable by its owner alone.
"""

import secrets
from base64 import b32encode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson
from cryptography.hazmat.primitives.asymmetric import rsa

from simulator.gateways.keys import drawn_rsa_key, elliptic_key, pem, point, rsa_key, unusable, write_private
from simulator.gateways.trust import ApnsKey, ServiceAccount, Trust

BUNDLE: Final = "com.example.pushfleet"
SUBJECT: Final = "mailto:pushfleet@example.com"  # whom a push service would write to
_APNS_KEYS: Final = "AuthKey_??????????.p8"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The files, what is public in them, and what the judges take for proof of holding them."""

    key: Path
    key_id: str
    account: Path
    other_account: Path
    vapid: Path
    trust: Trust

    @property
    def vapid_public_key(self) -> str:
        """The application server key, as a web page hands it to a browser."""
        return urlsafe_b64encode(self.trust.vapid).rstrip(b"=").decode()


def prepare(folder: Path, google: str) -> Credentials:
    """Make or read them; `google` is the URL of the gateway that stands for Google.

    Raises UsageError for a file that is there and holds something else.
    """
    account = _account(folder / "service-account.json", google)
    other = _account(folder / "other-service-account.json", google)
    team = _ten_characters(f"team of {account.project}".encode())
    key = _apns_key(folder)
    key_id = key.stem.removeprefix("AuthKey_")
    trust = Trust(
        bundle=BUNDLE,
        team=team,
        apns_keys={key_id: ApnsKey(team, elliptic_key(key).public_key())},
        project=account.project,
        accounts={found.project: ServiceAccount(found.email, found.key.public_key()) for found in (account, other)},
        vapid=point(elliptic_key(folder / "vapid.pem").public_key()),
    )
    return Credentials(key, key_id, account.path, other.path, folder / "vapid.pem", trust)


class _Account(NamedTuple):
    """A service account, with its file."""

    path: Path
    project: str
    email: str
    key: rsa.RSAPrivateKey


def _account(path: Path, google: str) -> _Account:
    """The service account in a file, which is written anew if the gateway has moved since, and made if missing."""
    document = _read_account(path) if path.exists() else _drawn_account()
    placed = {**document, **_places(google)}
    if not path.exists() or placed != document:
        write_private(path, orjson.dumps(placed, option=orjson.OPT_INDENT_2))
    key = rsa_key(placed["private_key"], path)
    return _Account(path, placed["project_id"], placed["client_email"], key)


def _read_account(path: Path) -> dict[str, Any]:
    try:
        document = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        document = None
    needed = ("project_id", "client_email", "private_key")
    if not isinstance(document, dict) or not all(isinstance(document.get(name), str) for name in needed):
        raise unusable(path, "a service account")
    return document


def _drawn_account() -> dict[str, Any]:
    """Google's file format, but for the addresses."""
    project = f"pushfleet-{secrets.token_hex(3)}"
    return {
        "type": "service_account",
        "project_id": project,
        "private_key_id": secrets.token_hex(20),
        "private_key": pem(drawn_rsa_key()).decode(),
        "client_email": f"pushfleet@{project}.iam.gserviceaccount.com",
        "client_id": str(10**20 + secrets.randbelow(10**20)),
        "universe_domain": "googleapis.com",
    }


def _places(google: str) -> dict[str, str]:
    """The addresses in a service account's file: all of them here, as nothing may ever call at Google's."""
    return {
        "token_uri": f"{google}/token",
        "auth_uri": f"{google}/auth",
        "auth_provider_x509_cert_url": f"{google}/certs",
        "client_x509_cert_url": f"{google}/x509",
    }


def _apns_key(folder: Path) -> Path:
    """The team's key, in a file that is named as Apple names it."""
    found = sorted(folder.glob(_APNS_KEYS))
    return found[0] if found else folder / f"AuthKey_{_ten_characters(secrets.token_bytes(16))}.p8"


def _ten_characters(seed: bytes) -> str:
    """An identifier of the form that Apple gives to teams and keys."""
    return b32encode(sha256(seed).digest()).decode()[:10]
