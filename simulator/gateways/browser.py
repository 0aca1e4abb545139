"""The simulated browser: it keeps its private key, and really decrypts what was pushed (RFC 8291, RFC 8188)."""

from typing import Final

import http_ece

from simulator.tokens import Provenance
from simulator.tokens.browser import browser_keys

# salt 16 · record size u32 · key length u8 · the sender's public key 65 (RFC 8188, 2.1; RFC 8291, 4)
_HEADER: Final = 16 + 4 + 1 + 65
_SIZE: Final = slice(16, 20)
_LEAST_RECORD: Final = 1 + 16  # of no text: a delimiter, and the cipher's tag


def decrypted(write: Provenance, body: bytes) -> bytes | None:
    """The text of an aes128gcm body for the subscription of `write`; None if it is not for it, or damaged."""
    # http_ece takes a body without any record for an empty text, though nothing then proves who sent it. And a push is
    # one record and no more (RFC 8291, 4).
    record = len(body) - _HEADER
    if not _LEAST_RECORD <= record <= int.from_bytes(body[_SIZE]):
        return None
    keys = browser_keys(write)
    try:
        text: bytes = http_ece.decrypt(body, private_key=keys.private, auth_secret=keys.auth, version="aes128gcm")
    except Exception:  # noqa: BLE001 - http_ece passes on whatever its cipher, curve and struct raise at damaged bodies
        return None
    return text
