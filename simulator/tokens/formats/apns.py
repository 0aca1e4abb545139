"""APNs device tokens and PushKit's VoIP tokens: lower-case hexadecimal digits, 64 of them and seldom 108 or 160.

Apple calls them opaque and of variable length; 32 bytes is what devices are given nearly always. An app's two tokens
differ in every digit, as they do here, since the type is inside the block. The longer forms go on after the block with
a keyed filler, and their seal is another one: a long token cut to 64 digits is no token.

ASSUMPTION: one device in a hundred has tokens of 108 digits, and one of 160.
"""

from binascii import Error, hexlify, unhexlify
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.tokens import codec
from simulator.tokens.format import BulkForm, register
from simulator.tokens.provenance import Provenance
from simulator.tokens.types import PushType

_HEAD: Final = 2 * codec.HEAD_BYTES
_WHOLE: Final = 2 * codec.BLOCK_BYTES
_DIGITS: Final = b"0123456789abcdefABCDEF"
# unhexlify refuses a whole buffer for one wrong digit. A zero in its place is refused later, and alone.
_TO_DIGITS: Final = bytes(byte if byte in _DIGITS else ord("0") for byte in range(256))


class Apns(BulkForm):
    """The block in hexadecimal, and a filler."""

    types = (PushType.IOS, PushType.IOS_VOIP)
    shortest = _HEAD

    def __init__(self, digits: int) -> None:
        self.name = f"apns-{digits}"
        self.lengths = range(digits, digits + 1)
        self._filler = codec.Filler(f"apns {digits}", digits // 2 - codec.HEAD_BYTES) if digits > _WHOLE else None

    def write(self, provenance: Provenance) -> str:
        """All the digits."""
        block = codec.seal(provenance)
        if self._filler is None:
            return block.hex()
        head = block[: codec.HEAD_BYTES]
        return (head + self._filler.of(head)).hex()

    def read(self, token: str) -> Provenance | None:
        """What the first 32 digits claim; their case does not matter."""
        try:
            head = unhexlify(token[:_HEAD])
        except Error:
            return None
        return codec.peek(head, self.types) if len(head) == codec.HEAD_BYTES else None

    def write_many(self, plain: NDArray[np.void]) -> NDArray[np.uint8]:
        """The digits, uint8 (n, width)."""
        blocks = codec.seal_many(plain)
        if self._filler is not None:
            heads = blocks[:, : codec.HEAD_BYTES]
            blocks = np.concatenate([heads, self._filler.of_many(heads)], axis=1)
        return codec.rows(hexlify(blocks.tobytes()), self.width)

    def read_many(self, tokens: NDArray[np.uint8]) -> NDArray[np.void]:
        """What the first 32 characters claim, whatever they are."""
        return codec.peek_many(unhexlify(tokens[:, :_HEAD].tobytes().translate(_TO_DIGITS)))


for _digits, _share in ((_WHOLE, 0.98), (108, 0.01), (160, 0.01)):
    register(Apns(_digits), dict.fromkeys(Apns.types, _share))
