"""Bare Firebase installation ids in the token's place: 22 characters, since firebase-android 25.1 and iOS 12.16.

Their 128 free bits are AES(key "fid token", plain) over the 16 bytes that a block's head holds too. There is no room
for a seal: what proves such a token are the 15 bits that only a write's plain has, and the fleet's number, which
whoever reads tokens compares with the fleet's. An id that somebody else made passes for one of ours once in 32,768
times, and for one of this fleet once in 2**47. It cannot be told from a cut or a folded one.

ASSUMPTION: 5 % of the devices that register as fcm do it so.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.tokens import codec
from simulator.tokens.format import BulkForm, register
from simulator.tokens.formats import _installation as installation
from simulator.tokens.formats import _payload as payloads
from simulator.tokens.provenance import Provenance
from simulator.tokens.types import PushType

_block: Final = codec.Permutation("fid token")


class Fid(BulkForm):
    """The plain under a permutation of its own."""

    name = "fid"
    types = (PushType.FCM,)
    lengths = range(installation.CHARACTERS, installation.CHARACTERS + 1)
    shortest = installation.CHARACTERS

    def write(self, provenance: Provenance) -> str:
        """The 22 characters."""
        fid = installation.spread(_block.encrypt(codec.plain(provenance)))
        return payloads.to_text(fid)[: installation.CHARACTERS]

    def read(self, token: str) -> Provenance | None:
        """What an id claims."""
        if len(token) != self.width:
            return None
        sealed = installation.gather(payloads.from_text(f"{token}AA"))
        return codec.write_of(_block.decrypt(sealed), self.types)

    def write_many(self, plain: NDArray[np.void]) -> NDArray[np.uint8]:
        """The ids, uint8 (n, 22)."""
        raw = np.empty((len(plain), installation.BYTES), np.uint8)
        installation.spread_many(codec.rows(_block.encrypt_many(plain.tobytes()), codec.HEAD_BYTES), raw)
        return payloads.to_text_many(raw)[:, : self.width]

    def read_many(self, tokens: NDArray[np.uint8]) -> NDArray[np.void]:
        """What ids claim, whatever they are."""
        padded = np.full((len(tokens), installation.BYTES // 3 * 4), ord("A"), np.uint8)
        padded[:, : self.width] = tokens
        sealed = installation.gather_many(payloads.from_text_many(padded))
        return np.frombuffer(_block.decrypt_many(sealed.tobytes()), codec.PLAIN)


register(Fid(), {PushType.FCM: 0.05})
