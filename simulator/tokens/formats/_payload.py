"""What Google's tokens have in common: a payload in base64url that starts "APA91b" and one of EFGH.

    payload = 00 f0 3d d5 b1 · block · filler

The block stands early, so that a token cut at 128 characters still names its write. The filler is a keyed function of
the block's seal and differs from form to form: no form's token is the beginning of another's.
"""

from binascii import a2b_base64, b2a_base64
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.tokens import codec

_MAGIC: Final = bytes.fromhex("00f03dd5b1")
_URLSAFE: Final = bytes.maketrans(b"+/", b"-_")
_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
# a2b_base64 skips what it does not know and then finds the length wrong. An A in its place is refused later, and alone.
_STANDARD: Final = bytes(
    byte if byte in _ALPHABET else {ord("-"): ord("+"), ord("_"): ord("/")}.get(byte, ord("A")) for byte in range(256)
)
# The 24 characters that begin on a 3-byte border of the payload and hold the head, after 2 bytes of magic.
_HEAD: Final = slice(4, 28)
_HEAD_SKIP: Final = 2
SHORTEST: Final = _HEAD.stop  # characters of a cut payload that still name its write


def to_text(raw: bytes) -> str:
    """base64url without padding."""
    return b2a_base64(raw, newline=False).rstrip(b"=").translate(_URLSAFE).decode()


def from_text(text: str) -> bytes:
    """Back from base64url whose length is a multiple of 4; what is none of its characters counts as A."""
    return a2b_base64(text.encode().translate(_STANDARD))


def from_text_many(characters: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`from_text` in bulk: uint8 (n, 4 k), whatever they are, to uint8 (n, 3 k)."""
    decoded = a2b_base64(characters.tobytes().translate(_STANDARD))
    return codec.rows(decoded, characters.shape[1] // 4 * 3)


class Payload:
    """Payloads of `size` bytes; `label` makes the filler of one form differ from another's."""

    def __init__(self, label: str, size: int) -> None:
        self.size = size
        self.characters = -(-size * 4 // 3)
        self._filler = codec.Filler(label, size - len(_MAGIC) - codec.BLOCK_BYTES)

    def of(self, block: bytes) -> bytes:
        """The payload of one block."""
        return _MAGIC + block + self._filler.of(block[codec.HEAD_BYTES :])

    def write_many(self, plain: NDArray[np.void], out: NDArray[np.uint8]) -> None:
        """Fill uint8 (n, size) with the payloads of n records of codec.PLAIN."""
        block = codec.seal_many(plain)
        out[:, : len(_MAGIC)] = np.frombuffer(_MAGIC, np.uint8)
        out[:, len(_MAGIC) : len(_MAGIC) + codec.BLOCK_BYTES] = block
        out[:, len(_MAGIC) + codec.BLOCK_BYTES :] = self._filler.of_many(block[:, codec.HEAD_BYTES :])


def head_of(text: str) -> bytes:
    """The block's head in a payload of at least SHORTEST characters."""
    return from_text(text[_HEAD])[_HEAD_SKIP:]


def heads_of(characters: NDArray[np.uint8]) -> bytes:
    """`head_of` in bulk: uint8 (n, at least SHORTEST), whatever they are, to 16 n bytes."""
    return from_text_many(characters[:, _HEAD])[:, _HEAD_SKIP:].tobytes()


def to_text_many(raw: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """base64url of uint8 (n, 3 k) as uint8 (n, 4 k)."""
    return codec.rows(b2a_base64(raw.data, newline=False).translate(_URLSAFE), raw.shape[1] // 3 * 4)
