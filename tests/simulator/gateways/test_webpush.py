"""What a Web Push service refuses, each on a request that is wrong in one way."""

import json
import os
from base64 import urlsafe_b64encode
from typing import Any

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from simulator.gateways.reasons import REASONS
from simulator.gateways.request import Judged, Request
from simulator.gateways.standing import Known, Registry, Standing
from simulator.gateways.trust import Trust
from simulator.gateways.webpush import WebPushJudge
from simulator.tokens import Provenance, PushType, mint
from simulator.tokens.browser import browser_keys
from simulator.tokens.mark import Mark
from tests.simulator.gateways.fields import Fields

NOW = 1_800_000_000.0
KEY, OTHER = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
WRITE = Provenance(1, 1, 7, 0, PushType.WEB, 1)
HOST = "fcm.googleapis.com"


def public(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


TRUST = Trust(bundle="b", team="t", apns_keys={}, project="p", accounts={}, vapid=public(KEY))
PATH = "/" + json.loads(mint(WRITE, form="chrome"))["endpoint"].split("/", 3)[3]


class Dead(Registry):
    """Knows every subscription superseded, and dead."""

    def look_up_endpoint(self, endpoint: str) -> Known:
        known = super().look_up_endpoint(endpoint)
        return known._replace(standing=Standing.SUPERSEDED, dead_since=1.0) if known.write else known


def vapid(key: ec.EllipticCurvePrivateKey = KEY, said: bytes = TRUST.vapid, **claims: object) -> str:
    token = jwt.encode({"aud": f"https://{HOST}", "exp": NOW + 3600, "sub": "mailto:a@b", **claims}, key, "ES256")
    return f"vapid t={token}, k={urlsafe_b64encode(said).rstrip(b'=').decode()}"


def encrypted(text: str, write: Provenance = WRITE) -> bytes:
    keys = browser_keys(write)
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    body: bytes = http_ece.encrypt(
        text.encode(),
        salt=os.urandom(16),
        private_key=ephemeral,
        dh=keys.p256dh,
        auth_secret=keys.auth,
        version="aes128gcm",
    )
    return body


GOOD = {"ttl": "60", "content-encoding": "aes128gcm", "authorization": vapid()}


def judge(body: bytes, *, dead: bool = False, path: str = PATH, method: str = "POST", **changed: str | None) -> Judged:
    registry = (Dead if dead else Registry)(None, 0.0, lambda: NOW)
    headers = {**GOOD, **{name.replace("_", "-"): text for name, text in changed.items()}}
    fields = Fields({name: text for name, text in headers.items() if text is not None})
    return WebPushJudge(TRUST, registry, lambda: NOW).judge(Request(method, path, fields, body, "1"))


def test_the_browser_decrypts_and_the_mark_is_found_inside() -> None:
    judged = judge(encrypted(f"Hello {Mark(1, 5, 99).text}"))
    assert judged.answer.status == 201
    assert "location" in dict(judged.answer.headers)
    assert judged.delivery is not None
    found = judged.delivery
    assert (found.status, REASONS[found.reason], found.owner, found.sent) == (201, "", 5, 99)
    assert (found.register, found.value, found.origin) == (WRITE.register, WRITE.value, WRITE.register)


@pytest.mark.parametrize("body", [b"", b"nothing", encrypted("Hello", Provenance(1, 1, 8, 0, PushType.WEB, 1))])
def test_what_the_browser_cannot_decrypt_is_accepted_and_told(body: bytes) -> None:
    judged = judge(body)
    assert judged.delivery is not None
    assert (judged.answer.status, REASONS[judged.delivery.reason]) == (201, "UNDECRYPTABLE")


WRONG: list[tuple[dict[str, Any], int]] = [
    ({"ttl": None}, 400),
    ({"ttl": "soon"}, 400),
    ({"content_encoding": "aesgcm"}, 400),
    ({"topic": "no topic!"}, 400),
    ({"urgency": "now"}, 400),
    ({"method": "PUT"}, 400),
    ({"authorization": None}, 401),
    ({"authorization": vapid(OTHER)}, 401),
    ({"authorization": vapid(aud="https://example.com")}, 401),
    ({"authorization": vapid(exp=NOW - 1)}, 401),
    ({"authorization": vapid(exp=NOW + 25 * 3600)}, 401),
    ({"authorization": vapid(OTHER, public(OTHER))}, 403),
    ({"path": PATH[:-1]}, 404),
    ({"path": "/somewhere"}, 404),
    ({"dead": True}, 410),
    ({"body": b"x" * 4097}, 413),
]


@pytest.mark.parametrize(("wrong", "status"), WRONG)
def test_each_fault_has_its_status(wrong: dict[str, Any], status: int) -> None:
    assert judge(**{"body": encrypted("Hello"), **wrong}).answer.status == status
