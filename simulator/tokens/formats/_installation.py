"""Firebase installation ids (FIDs) that stay while tokens rotate, as firebase-android's RandomFidGenerator makes them.

17 bytes, the first 0x70 or-ed with four random bits, in base64url cut to 22 characters: 128 bits are free. Those in
front of a token are AES(key "fid", fleet u32 · device u32 · install u16 · 48 zero bits), whose zeros let a bare or cut
token be recognised.
"""

from struct import Struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.tokens import codec
from simulator.tokens.formats._payload import from_text
from simulator.tokens.provenance import Provenance

CHARACTERS: Final = 22
BYTES: Final = 18  # one base64 call serves id and payload: 18 bytes are 24 characters, of which 22 are used
_INSTALLATION: Final = Struct(">IIH6x")
_INSTALLATIONS: Final = np.dtype([("fleet", ">u4"), ("device", ">u4"), ("install", ">u2"), ("zeros", "V6")])
_fid: Final = codec.Permutation("fid")


def spread(sealed: bytes) -> bytes:
    """16 bytes as an id of 18 bytes, of which 132 bits count: 0111 and the 128."""
    # The first byte gives its low half to the id's first byte and its high half to the last: nothing has to be shifted.
    return bytes((0x70 | sealed[0] & 0x0F,)) + sealed[1:] + bytes((sealed[0] & 0xF0, 0))


def gather(fid: bytes) -> bytes:
    """The 16 bytes back from an id's."""
    return bytes((fid[0] & 0x0F | fid[16] & 0xF0,)) + fid[1:16]


def gather_many(fids: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`gather` in bulk: uint8 (n, 18) to (n, 16)."""
    sealed = fids[:, :16].copy()
    sealed[:, 0] = fids[:, 0] & 0x0F | fids[:, 16] & 0xF0
    return sealed


def spread_many(sealed: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
    """`spread` in bulk: uint8 (n, 16) into (n, 18)."""
    out[:, 0] = 0x70 | sealed[:, 0] & 0x0F
    out[:, 1:16] = sealed[:, 1:]
    out[:, 16] = sealed[:, 0] & 0xF0
    out[:, 17] = 0


def write(provenance: Provenance) -> bytes:
    """An installation's id as 18 bytes."""
    return spread(_fid.encrypt(_INSTALLATION.pack(provenance.fleet, provenance.device, provenance.install)))


def write_many(plain: NDArray[np.void], out: NDArray[np.uint8]) -> None:
    """Fill uint8 (n, 18) with installations' ids."""
    installations = np.zeros(len(plain), _INSTALLATIONS)
    for field in ("fleet", "device", "install"):
        installations[field] = plain[field]
    spread_many(codec.rows(_fid.encrypt_many(installations.tobytes()), 16), out)


def read(fid: str) -> tuple[int, int, int] | None:
    """(fleet, device, install) of an id's 22 characters, or None: 48 zero bits say that it is ours."""
    opened = _fid.decrypt(gather(from_text(f"{fid}AA")))
    if any(opened[_INSTALLATION.size - 6 :]):
        return None
    fleet, device, install = _INSTALLATION.unpack(opened)
    return fleet, device, install
