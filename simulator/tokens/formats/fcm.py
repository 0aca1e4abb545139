"""Firebase Cloud Messaging registration tokens: 163 characters, as devices are given since 2020.

    FID (22 characters) · ":" · 105 payload bytes in base64url (140 characters, starting "APA91b" and one of EFGH)

The Firebase installation id is 17 bytes, the first 0x70 or-ed with four random bits, in base64url cut to 22
characters (firebase-android's RandomFidGenerator). It stays while the payload rotates, and so does ours: it is
AES(key "fid", fleet u32 · device u32 · install u16 · 48 zero bits), whose zeros let a bare or cut token be recognised.
The payload is 00 f0 3d d5 b1, the block, and 68 bytes of filler that are a keyed function of the block's seal. The
block stands early, so that a token cut at 128 characters, or at 51, still names its write.
"""

import re
from binascii import a2b_base64, b2a_base64
from struct import Struct
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from simulator.tokens import codec
from simulator.tokens.errors import Folded, TokenError, Truncated
from simulator.tokens.format import Format, register
from simulator.tokens.provenance import Provenance
from simulator.tokens.types import PushType

_MAGIC: Final = bytes.fromhex("00f03dd5b1")
_FID: Final = 22
_LENGTH: Final = 163
_FILLER_BYTES: Final = 105 - len(_MAGIC) - codec.BLOCK_BYTES
_FILLER_BLOCKS: Final = -(-_FILLER_BYTES // 16)

# One base64 call serves id and payload: an id in 18 bytes is 24 characters, of which 22 are used.
_FID_BYTES: Final = 18
_BYTES: Final = _FID_BYTES + 105
_CHARACTERS: Final = _BYTES // 3 * 4

# The 24 characters that begin on a 3-byte border of the payload and hold the head, after 2 bytes of magic.
_HEAD: Final = slice(_FID + 1 + 4, _FID + 1 + 28)
_HEAD_SKIP: Final = 2

_URLSAFE: Final = bytes.maketrans(b"+/", b"-_")
_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
# a2b_base64 skips what it does not know and then finds the length wrong. An A in its place is refused later, and alone.
_STANDARD: Final = bytes(
    byte if byte in _ALPHABET else {ord("-"): ord("+"), ord("_"): ord("/")}.get(byte, ord("A")) for byte in range(256)
)

# What case folding leaves of the form. The block itself is lost, so this is all there is to tell by.
_FOLDED: Final = re.compile(r"[c-f][a-z0-9_-]{21}:apa91b[efgh][a-z0-9_-]{133}")
_CUT: Final = re.compile(r"[c-f][A-Za-z0-9_-]{21}:APA91b[EFGH][A-Za-z0-9_-]{133}")
_SAMPLE_TAIL: Final = ":APA91bE" + "A" * 133

_INSTALLATION: Final = Struct(">IIH6x")
_INSTALLATIONS: Final = np.dtype([("fleet", ">u4"), ("device", ">u4"), ("install", ">u2"), ("zeros", "V6")])
_COUNTERS: Final = int.from_bytes(b"".join(i.to_bytes(16) for i in range(_FILLER_BLOCKS)))

_fid: Final = codec.Permutation("fid")
_filler: Final = codec.Permutation("fcm filler")


class Fcm(Format):
    """An installation id and a payload that hides the block."""

    types: ClassVar = (PushType.FCM,)
    lengths: ClassVar = range(_LENGTH, _LENGTH + 1)
    shortest: ClassVar = _HEAD.stop

    def write(self, provenance: Provenance) -> str:
        """The installation id, a colon and the payload."""
        block = codec.seal(provenance)
        raw = _fid_bytes(provenance) + _MAGIC + block + _fill(block[codec.HEAD_BYTES :])
        text = b2a_base64(raw, newline=False).translate(_URLSAFE).decode()
        return f"{text[:_FID]}:{text[_FID_BYTES // 3 * 4 :]}"

    def read(self, token: str) -> Provenance | None:
        """What the characters 27 to 50 claim."""
        if len(token) < self.shortest:
            return None
        head = a2b_base64(token[_HEAD].encode().translate(_STANDARD))[_HEAD_SKIP:]
        return codec.peek(head, self.types)

    def write_many(self, plain: NDArray[np.void]) -> NDArray[np.uint8]:
        """Ids, colons and payloads, uint8 (n, 163)."""
        block = codec.seal_many(plain)
        raw = np.empty((len(plain), _BYTES), np.uint8)
        _write_fids(plain, raw[:, :_FID_BYTES])
        raw[:, _FID_BYTES : _FID_BYTES + len(_MAGIC)] = np.frombuffer(_MAGIC, np.uint8)
        raw[:, -_FILLER_BYTES - codec.BLOCK_BYTES : -_FILLER_BYTES] = block
        raw[:, -_FILLER_BYTES:] = _fill_many(block[:, codec.HEAD_BYTES :])
        text = codec.rows(b2a_base64(raw.data, newline=False).translate(_URLSAFE), _CHARACTERS)
        tokens = np.empty((len(plain), _LENGTH), np.uint8)
        tokens[:, :_FID] = text[:, :_FID]
        tokens[:, _FID] = ord(":")
        tokens[:, _FID + 1 :] = text[:, _FID_BYTES // 3 * 4 :]
        return tokens

    def read_many(self, tokens: NDArray[np.uint8]) -> NDArray[np.void]:
        """What the characters 27 to 50 claim, whatever they are."""
        decoded = a2b_base64(tokens[:, _HEAD].tobytes().translate(_STANDARD))
        return codec.peek_many(codec.rows(decoded, _HEAD_SKIP + codec.HEAD_BYTES)[:, _HEAD_SKIP:].tobytes())

    def tell(self, token: str) -> TokenError | None:
        """A whole token in one case is folded; an installation id with too little after it is cut."""
        if token in (token.lower(), token.upper()) and _FOLDED.fullmatch(token.lower()):
            return Folded(token)
        cut = _FID <= len(token) < self.shortest and _CUT.fullmatch(token + _SAMPLE_TAIL[len(token) - _FID :])
        return _tell_by_fid(token) if cut else None


def _fid_bytes(provenance: Provenance) -> bytes:
    """An installation id as 18 bytes, of which 132 bits count: 0111 and the 128 bits of the cipher's block."""
    sealed = _fid.encrypt(_INSTALLATION.pack(provenance.fleet, provenance.device, provenance.install))
    # The first byte gives its low half to the id's first byte and its high half to the last: nothing has to be shifted.
    return bytes((0x70 | sealed[0] & 0x0F,)) + sealed[1:] + bytes((sealed[0] & 0xF0, 0))


def _write_fids(plain: NDArray[np.void], out: NDArray[np.uint8]) -> None:
    """Fill uint8 (n, 18) with installation ids: `_fid_bytes` in bulk."""
    installations = np.zeros(len(plain), _INSTALLATIONS)
    for field in ("fleet", "device", "install"):
        installations[field] = plain[field]
    sealed = codec.rows(_fid.encrypt_many(installations.tobytes()), 16)
    out[:, 0] = 0x70 | sealed[:, 0] & 0x0F
    out[:, 1:16] = sealed[:, 1:]
    out[:, 16] = sealed[:, 0] & 0xF0
    out[:, 17] = 0


def _tell_by_fid(token: str) -> Truncated | None:
    """Recognise one of our installation ids at the start of a token; 48 zero bits say that it is ours."""
    fid = a2b_base64(f"{token[:_FID]}AA".encode().translate(_STANDARD))
    opened = _fid.decrypt(bytes((fid[0] & 0x0F | fid[16] & 0xF0,)) + fid[1:16])
    if any(opened[_INSTALLATION.size - 6 :]):
        return None
    fleet, device, install = _INSTALLATION.unpack(opened)
    return Truncated(token, _LENGTH, fleet=fleet, register=device << 24 | install << 8 | PushType.FCM)


def _fill(seal: bytes) -> bytes:
    """68 bytes: AES(seal xor 0) · AES(seal xor 1) · …, cut."""
    counted = int.from_bytes(seal * _FILLER_BLOCKS) ^ _COUNTERS
    return _filler.encrypt(counted.to_bytes(16 * _FILLER_BLOCKS))[:_FILLER_BYTES]


def _fill_many(seals: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`_fill` in bulk: uint8 (n, 16) to (n, 68)."""
    counted = np.repeat(seals[:, np.newaxis, :], _FILLER_BLOCKS, axis=1)
    counted[:, :, 15] ^= np.arange(_FILLER_BLOCKS, dtype=np.uint8)
    return codec.rows(_filler.encrypt_many(counted.tobytes()), 16 * _FILLER_BLOCKS)[:, :_FILLER_BYTES]


register(Fcm())
