"""The browser decrypts what was encrypted for its own subscription, whole, and nothing else."""

import json
import os

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from pywebpush import WebPusher

from simulator.gateways.browser import decrypted
from simulator.tokens import Provenance, PushType, mint
from simulator.tokens.browser import browser_keys
from tests.simulator.gateways.trusted import encrypted

WRITE, OTHERS = (Provenance(1, 1, device, 0, PushType.WEB, 1) for device in (7, 8))
HELLO = encrypted("Hello", WRITE)


@pytest.mark.parametrize("form", ["chrome", "firefox", "safari"])
def test_what_a_client_encrypts_for_the_subscription_is_read(form: str) -> None:
    sealed = WebPusher(json.loads(mint(WRITE, form=form))).encode("Grüße".encode(), content_encoding="aes128gcm")
    assert decrypted(WRITE, sealed["body"]) == "Grüße".encode()


def test_the_longest_text_is_read() -> None:
    text = "x" * (4096 - 86 - 17)
    body = encrypted(text, WRITE)
    assert (len(body), decrypted(WRITE, body)) == (4096, text.encode())


def in_records(size: int) -> bytes:
    keys = browser_keys(WRITE)
    key = ec.generate_private_key(ec.SECP256R1())
    told = {"private_key": key, "dh": keys.p256dh, "auth_secret": keys.auth, "version": "aes128gcm"}
    body: bytes = http_ece.encrypt(b"Hello, world", salt=os.urandom(16), rs=size, **told)
    return body


def test_a_push_is_one_record_and_no_more() -> None:
    assert decrypted(WRITE, in_records(29)) == b"Hello, world"
    assert decrypted(WRITE, in_records(28)) is None


DAMAGED = {
    "nothing": b"",
    "no header": HELLO[:20],
    "a header and no record, which nobody has signed": HELLO[:86],
    "less than a record": HELLO[:86] + b"\2" * 16,
    "cut": HELLO[:-1],
    "longer": HELLO + b"x",
    "one bit": HELLO[:-1] + bytes([HELLO[-1] ^ 1]),
    "another salt": b"\0" * 16 + HELLO[16:],
    "no key": HELLO[:21] + b"\0" * 65 + HELLO[86:],
    "plain text": b'{"title":"Hello"}' * 10,
    "somebody else's": encrypted("Hello", OTHERS),
}


@pytest.mark.parametrize("body", DAMAGED.values(), ids=DAMAGED.keys())
def test_whatever_else_is_not_read(body: bytes) -> None:
    assert decrypted(WRITE, body) is None
