"""The mark of a push: what a push carries so that every delivery tells which push it is of.

A mark is 34 ASCII characters, "pf" and 32 hexadecimal digits, to be put into a text that providers hand on unchanged
(an alert, a title). The digits are one AES block over fleet u32 · person u32 · sent u64, under this product's key, as
for tokens. So a mark found at a gateway names the fleet, the person pushed for and the moment of sending, without a
look-up table; (person, sent) tells one push from another.
"""

import re
from binascii import unhexlify
from struct import Struct
from typing import Final, NamedTuple

from simulator.tokens.codec import Permutation

_PLAIN: Final = Struct(">IIQ")
_MARK: Final = re.compile(rb"pf([0-9a-f]{32})")
_block: Final = Permutation("push mark")


class Mark(NamedTuple):
    """Which push a delivery is of."""

    fleet: int  # the fleet's number
    person: int
    sent: int  # monotonic ns, stamped before the call was sent

    @property
    def text(self) -> str:
        """The 34 characters."""
        return f"pf{_block.encrypt(_PLAIN.pack(*self)).hex()}"


def find_mark(body: bytes) -> Mark | None:
    """Return the first mark in a provider's message; None if it carries none.

    Nothing proves a mark: whoever reads it compares the fleet's number, which 1 of 2**32 made-up marks would have.
    """
    found = _MARK.search(body)
    return None if found is None else Mark(*_PLAIN.unpack(_block.decrypt(unhexlify(found[1]))))
