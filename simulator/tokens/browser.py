"""What a browser keeps of its Web Push subscription, and which endpoint hides which write.

Endpoints bear real providers' host names, as backends often allow-list these hosts. Nothing here looks one up.

    Chrome   https://fcm.googleapis.com/fcm/send/ + instance id (11) + ":" + payload of 105 bytes (140)
    Firefox  https://updates.push.services.mozilla.com/wpush/v2/ + Fernet token of 137 bytes (183)
    Safari   https://web.push.apple.com/Q + 127 bytes (170)

The block is in Chrome's payload, as in FCM tokens; it is the IV and the beginning of the ciphertext of Firefox's Fernet
token; and it is what Safari's bytes begin with.
A Fernet token is 0x80, a time in seconds (u64), an IV of 16 bytes, the ciphertext (here 80 bytes) and an HMAC of 32.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from simulator.tokens import codec
from simulator.tokens.errors import NotMinted
from simulator.tokens.formats import _payload as payloads
from simulator.tokens.formats._payload import Payload
from simulator.tokens.provenance import Provenance
from simulator.tokens.types import PushType

CHROME: Final = "https://fcm.googleapis.com/fcm/send/"
FIREFOX: Final = "https://updates.push.services.mozilla.com/wpush/v2/"
SAFARI: Final = "https://web.push.apple.com/Q"
HOSTS: Final = tuple(prefix.split("/")[2] for prefix in (CHROME, FIREFOX, SAFARI))

# The order of P-256 (FIPS 186-4, D.1.2.3): private keys are from 1 to this less 1.
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_TYPES: Final = (PushType.WEB,)
_INSTANCE: Final = 11
_FERNET: Final = bytes((0x80,))
_FERNET_EPOCH: Final = 1_760_000_000  # seconds since 1970: late in 2025
_FERNET_SPREAD: Final = 2**24  # seconds: half a year
_PATHS: Final = re.compile(
    r"/fcm/send/(?P<chrome>[A-Za-z0-9_-]{11}:[A-Za-z0-9_-]{28,})|/wpush/v2/(?P<firefox>[A-Za-z0-9_-]{34,})"
    r"|/Q(?P<safari>[A-Za-z0-9_-]{24,})"
)
_payload: Final = Payload("chrome filler", 105)
_instance: Final = codec.Permutation("chrome instance")
_mozilla: Final = codec.Filler("firefox filler", 137 - 1 - 8 - codec.BLOCK_BYTES)
_apple: Final = codec.Filler("safari filler", 127 - codec.BLOCK_BYTES)


class BrowserKeys(NamedTuple):
    """The secrets of a subscription (RFC 8291): a P-256 key, and 16 bytes that both sides know."""

    private: ec.EllipticCurvePrivateKey
    auth: bytes

    @property
    def p256dh(self) -> bytes:
        """The public key, 65 bytes, uncompressed."""
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def __repr__(self) -> str:
        return "BrowserKeys(…)"


@lru_cache(maxsize=4096)
def browser_keys(provenance: Provenance) -> BrowserKeys:
    """The keys of one subscription: a function of the write alone, so that no browser has to remember them."""
    seed = sha256(b"pushfleet browser: " + codec.seal(provenance)).digest()
    scalar = int.from_bytes(seed) % (_ORDER - 1) + 1
    return BrowserKeys(ec.derive_private_key(scalar, ec.SECP256R1()), sha256(seed).digest()[:16])


def chrome(provenance: Provenance) -> str:
    """Chrome's endpoint for one write."""
    instance = bytearray(_instance.encrypt(codec.seal(provenance)[: codec.HEAD_BYTES])[:9])
    instance[0] = 0x70 | instance[0] & 0x0F
    text = payloads.to_text(bytes(instance))[:_INSTANCE]
    return f"{CHROME}{text}:{payloads.to_text(_payload.of(codec.seal(provenance)))}"


def firefox(provenance: Provenance) -> str:
    """Firefox's endpoint for one write."""
    block = codec.seal(provenance)
    rest = _mozilla.of(block[codec.HEAD_BYTES :])
    made = _FERNET_EPOCH + int.from_bytes(rest[:3]) % _FERNET_SPREAD
    return FIREFOX + payloads.to_text(_FERNET + made.to_bytes(8) + block + rest)


def safari(provenance: Provenance) -> str:
    """Safari's endpoint for one write."""
    block = codec.seal(provenance)
    return SAFARI + payloads.to_text(block + _apple.of(block[codec.HEAD_BYTES :]))


def _chrome_head(text: str) -> bytes:
    return payloads.head_of(text[_INSTANCE + 1 :])


def _firefox_head(text: str) -> bytes:
    # The IV stands in the bytes 9 to 24: the characters 12 to 35, if there are so many.
    return payloads.from_text(text[12:34].ljust(24, "A"))[: codec.HEAD_BYTES]


def _safari_head(text: str) -> bytes:
    return payloads.from_text(text[:24])[: codec.HEAD_BYTES]


_Writer = Callable[[Provenance], str]
_BROWSERS: Final[dict[str, tuple[_Writer, Callable[[str], bytes]]]] = {
    "chrome": (chrome, _chrome_head),
    "firefox": (firefox, _firefox_head),
    "safari": (safari, _safari_head),
}


def claimed(endpoint: str) -> tuple[Provenance, str] | None:
    """The write that an endpoint, or the beginning of one, claims to be of, and that write's whole endpoint."""
    found = _PATHS.search(endpoint)
    if found is None or found.lastgroup is None:
        return None
    write, head = _BROWSERS[found.lastgroup]
    provenance = codec.peek(head(found[found.lastgroup]), _TYPES)
    return None if provenance is None else (provenance, write(provenance))


def decode_endpoint(endpoint: str) -> Provenance:
    """The write whose subscription has this endpoint, given as a URL or as its path. Raises NotMinted."""
    found = claimed(endpoint) if endpoint.isascii() and len(endpoint) < 1000 else None
    if found is None or endpoint not in (found[1], f"/{found[1].split('/', 3)[3]}"):
        raise NotMinted(endpoint)
    return found[0]
