"""APNs device tokens and PushKit's VoIP tokens: 64 lower-case hexadecimal digits.

Apple calls them opaque and of variable length; 32 bytes is what devices are given. An app's two tokens differ in
every digit, as they do here, since the type is inside the block.
"""

from binascii import Error, hexlify, unhexlify
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from simulator.tokens import codec
from simulator.tokens.format import Format, register
from simulator.tokens.provenance import Provenance
from simulator.tokens.types import PushType

_HEAD: Final = 2 * codec.HEAD_BYTES
_DIGITS: Final = b"0123456789abcdefABCDEF"
# unhexlify refuses a whole buffer for one wrong digit. A zero in its place is refused later, and alone.
_TO_DIGITS: Final = bytes(byte if byte in _DIGITS else ord("0") for byte in range(256))


class Apns(Format):
    """The block in hexadecimal."""

    types: ClassVar = (PushType.IOS, PushType.IOS_VOIP)
    lengths: ClassVar = range(64, 65)
    shortest: ClassVar = _HEAD

    def write(self, provenance: Provenance) -> str:
        """The block's 64 digits."""
        return codec.seal(provenance).hex()

    def read(self, token: str) -> Provenance | None:
        """What the first 32 digits claim; their case does not matter."""
        try:
            head = unhexlify(token[:_HEAD])
        except Error:
            return None
        return codec.peek(head, self.types) if len(head) == codec.HEAD_BYTES else None

    def write_many(self, plain: NDArray[np.void]) -> NDArray[np.uint8]:
        """The blocks' digits, uint8 (n, 64)."""
        return codec.rows(hexlify(codec.seal_many(plain).tobytes()), self.width)

    def read_many(self, tokens: NDArray[np.uint8]) -> NDArray[np.void]:
        """What the first 32 characters claim, whatever they are."""
        return codec.peek_many(unhexlify(tokens[:, :_HEAD].tobytes().translate(_TO_DIGITS)))


register(Apns())
