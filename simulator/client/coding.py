"""Undoing a body's Content-Encoding (RFC 9110, section 8.4)."""

import zlib
from typing import Final

from simulator.client.transport import Malformed, TooLarge

_GZIP: Final = 31  # zlib's window bits for a gzip wrapper
_MOST_MEMBERS: Final = 100  # each costs a copy of what follows it


def decoded(body: bytes, coding: bytes, *, most_bytes: int) -> bytes:
    """Return the body without its coding: gzip or none.

    Raises Malformed if it cannot be undone, and TooLarge if it unpacks to more than `most_bytes`.
    """
    name = coding.strip().lower()
    if name in {b"identity", b""} or not body:
        return body
    if name not in {b"gzip", b"x-gzip"}:
        raise Malformed(f"The answer's coding is {name.decode('latin-1')[:40]!r}; only gzip was offered.")
    # A server that streams may send several members, one after another (RFC 1952, section 2.2).
    plain, rest, members = b"", body, 0
    while rest:
        unpacker = zlib.decompressobj(_GZIP)
        try:
            plain += unpacker.decompress(rest, most_bytes - len(plain) + 1)
        except zlib.error as error:
            raise Malformed(f"The answer's gzip cannot be unpacked: {error}.") from None
        members += 1
        if len(plain) > most_bytes or members > _MOST_MEMBERS:
            raise TooLarge(
                f"The answer unpacks to more than {most_bytes} bytes, or has more than {_MOST_MEMBERS} members."
            )
        if not unpacker.eof:
            raise Malformed("The answer's gzip breaks off.")
        rest = unpacker.unused_data
    return plain
