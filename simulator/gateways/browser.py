"""The simulated browser: it keeps its private key, and really decrypts what was pushed (RFC 8291, RFC 8188)."""

import http_ece

from simulator.tokens import Provenance
from simulator.tokens.browser import browser_keys


def decrypted(write: Provenance, body: bytes) -> bytes | None:
    """The text of an aes128gcm body for the subscription of `write`; None if it is not for it, or damaged."""
    keys = browser_keys(write)
    try:
        text: bytes = http_ece.decrypt(body, private_key=keys.private, auth_secret=keys.auth, version="aes128gcm")
    except Exception:  # noqa: BLE001 - http_ece passes on whatever its cipher, curve and struct raise at damaged bodies
        return None
    return text
