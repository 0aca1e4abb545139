"""The block inside every token: 32 bytes that name a write and prove that they do.

    plain = type u8 · version u8 · install u16 · run << 20 | generation u32 · fleet u32 · device u32, big-endian
    head  = AES(key "head", plain)
    seal  = AES(key "seal", head)
    block = head · seal

This is encrypt-then-MAC (Bellare and Namprempre, 2000) with a permutation and a MAC of exactly one AES block each, so
that neither needs a mode, a nonce or padding. It is deterministic: a write has one token. SIV (RFC 5297) has the same
properties and the same price, but puts the MAC first; here the first 16 bytes alone say whose token was cut.

The keys are derived from labels in this file. They are no secret and protect against accidents only: a cut column, a
folded string, a made-up value. In return any pushfleet reads any token, anywhere, without being told anything.
"""

from collections.abc import Collection
from hashlib import sha256
from struct import Struct
from typing import Final

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from numpy.typing import NDArray

from simulator.tokens.provenance import GENERATION_BITS, Provenance
from simulator.tokens.types import PushType

VERSION: Final = 1
HEAD_BYTES: Final = 16
BLOCK_BYTES: Final = 32

PLAIN: Final = np.dtype(
    [("type", "u1"), ("version", "u1"), ("install", ">u2"), ("value", ">u4"), ("fleet", ">u4"), ("device", ">u4")]
)
_PLAIN: Final = Struct(">BBHIII")  # the same layout, for one at a time

_TYPES: Final = {int(kind): kind for kind in PushType}
_GENERATIONS: Final = (1 << GENERATION_BITS) - 1


class Permutation:
    """AES-128 on any number of 16-byte blocks, under this product's key for `purpose`.

    ECB is what makes one call over a buffer the same as a call for each block. `encrypt` and `decrypt` are for less
    than 2048 bytes; `encrypt_many` and `decrypt_many` take any buffer. All may be called from any greenlet or thread:
    a context keeps no state between whole blocks, but from 2048 bytes on the `cryptography` package releases the GIL,
    and then refuses a context to other threads. Large buffers are therefore given a context of their own.
    """

    def __init__(self, purpose: str) -> None:
        key = sha256(f"pushfleet tokens, version {VERSION}: {purpose}".encode()).digest()[:16]
        self._aes = Cipher(AES(key), ECB())  # noqa: S305 - as a permutation of single blocks
        self.encrypt = self._aes.encryptor().update
        self.decrypt = self._aes.decryptor().update

    def encrypt_many(self, blocks: bytes) -> bytes:
        """As many bytes as given."""
        return self._aes.encryptor().update(blocks)

    def decrypt_many(self, blocks: bytes) -> bytes:
        """As many bytes as given."""
        return self._aes.decryptor().update(blocks)


class Filler:
    """Bytes that follow 16 bytes x of a block and are a keyed function of them.

    They are AES(key, x xor 0) · AES(key, x xor 1) · …, cut to `size` bytes. `label` makes the key, so that two forms'
    fillers have nothing in common.
    """

    def __init__(self, label: str, size: int) -> None:
        self._size = size
        self._blocks = -(-size // HEAD_BYTES)
        self._counters = int.from_bytes(b"".join(i.to_bytes(HEAD_BYTES) for i in range(self._blocks)))
        self._permutation = Permutation(label)

    def of(self, part: bytes) -> bytes:
        """The filler of 16 bytes."""
        counted = int.from_bytes(part * self._blocks) ^ self._counters
        return self._permutation.encrypt(counted.to_bytes(HEAD_BYTES * self._blocks))[: self._size]

    def of_many(self, parts: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """`of` in bulk: uint8 (n, 16) to (n, size)."""
        counted = np.repeat(parts[:, np.newaxis, :], self._blocks, axis=1)
        counted[:, :, HEAD_BYTES - 1] ^= np.arange(self._blocks, dtype=np.uint8)
        return rows(self._permutation.encrypt_many(counted.tobytes()), HEAD_BYTES * self._blocks)[:, : self._size]


_head: Final = Permutation("head")
_seal: Final = Permutation("seal")
# `seal` stands on the load generator's hot path, where looking these up costs a fifth of it.
_pack: Final = _PLAIN.pack
_encrypt_head: Final = _head.encrypt
_encrypt_seal: Final = _seal.encrypt


def plain(provenance: Provenance) -> bytes:
    """The 16 bytes that a block's head hides."""
    value = provenance.run << GENERATION_BITS | provenance.generation
    return _pack(provenance.type, VERSION, provenance.install, value, provenance.fleet, provenance.device)


def write_of(opened: bytes, types: Collection[PushType]) -> Provenance | None:
    """The write whose `plain` this is, or None if it is none of these types' writes."""
    number, version, install, value, fleet, device = _PLAIN.unpack(opened)
    kind = _TYPES.get(number)
    run, generation = value >> GENERATION_BITS, value & _GENERATIONS
    if kind is None or kind not in types or version != VERSION or not run or not generation:
        return None
    return Provenance(fleet, run, device, install, kind, generation)


def seal(provenance: Provenance) -> bytes:
    """The 32-byte block of one write."""
    value = provenance.run << GENERATION_BITS | provenance.generation
    head = _encrypt_head(
        _pack(provenance.type, VERSION, provenance.install, value, provenance.fleet, provenance.device)
    )
    return head + _encrypt_seal(head)


def peek(head: bytes, types: Collection[PushType]) -> Provenance | None:
    """The write that 16 bytes claim to come from, or None if they are no head of one of these types.

    A claim is 15 bits of evidence, no proof: seal it again and compare with what follows the head.
    """
    return write_of(_head.decrypt(head), types)


def seal_many(plain: NDArray[np.void]) -> NDArray[np.uint8]:
    """The blocks, uint8 (n, 32), of writes given as n records of PLAIN."""
    head = _head.encrypt_many(plain.tobytes())
    blocks = np.empty((len(plain), BLOCK_BYTES), np.uint8)
    blocks[:, :HEAD_BYTES] = rows(head, HEAD_BYTES)
    blocks[:, HEAD_BYTES:] = rows(_seal.encrypt_many(head), HEAD_BYTES)
    return blocks


def peek_many(heads: bytes) -> NDArray[np.void]:
    """What heads, 16 bytes each, claim: records of PLAIN, believable where `plausible` says so."""
    return np.frombuffer(_head.decrypt_many(heads), PLAIN)


def plausible(plain: NDArray[np.void], types: Collection[PushType]) -> NDArray[np.bool_]:
    """Where records of PLAIN hold a write of one of these types: `peek`'s condition, in bulk."""
    value = plain["value"]
    believable: NDArray[np.bool_] = (plain["version"] == VERSION) & (value >> GENERATION_BITS > 0)
    return believable & (value & _GENERATIONS > 0) & np.isin(plain["type"], list(types))


def rows(buffer: bytes, width: int) -> NDArray[np.uint8]:
    """A buffer as uint8 (n, width), without copying."""
    return np.frombuffer(buffer, np.uint8).reshape(-1, width)
