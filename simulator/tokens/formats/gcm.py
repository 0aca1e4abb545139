"""Google Cloud Messaging registration ids, type `android`: a payload alone, with no colon, 140 or 162 characters.

ASSUMPTION: of the devices that register as android 50 % have 140 characters and 20 % have 162.
"""

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.tokens import codec
from simulator.tokens.errors import Folded, TokenError
from simulator.tokens.format import BulkForm, register
from simulator.tokens.formats import _payload as payloads
from simulator.tokens.formats._payload import Payload
from simulator.tokens.provenance import Provenance
from simulator.tokens.types import PushType

# As in FCM tokens: all that case folding leaves.
_FOLDED: Final = re.compile(r"apa91b[efgh][a-z0-9_-]{133}([a-z0-9_-]{22})?")


class Gcm(BulkForm):
    """A payload that hides the block."""

    types = (PushType.ANDROID,)
    shortest = payloads.SHORTEST

    def __init__(self, payload: Payload) -> None:
        self.name = f"gcm-{payload.characters}"
        self.lengths = range(payload.characters, payload.characters + 1)
        self._payload = payload

    def write(self, provenance: Provenance) -> str:
        """The payload."""
        return payloads.to_text(self._payload.of(codec.seal(provenance)))

    def read(self, token: str) -> Provenance | None:
        """What the characters 4 to 27 claim."""
        return codec.peek(payloads.head_of(token), self.types) if len(token) >= self.shortest else None

    def write_many(self, plain: NDArray[np.void]) -> NDArray[np.uint8]:
        """The payloads, uint8 (n, width)."""
        raw = np.zeros((len(plain), -(-self._payload.size // 3) * 3), np.uint8)
        self._payload.write_many(plain, raw[:, : self._payload.size])
        return payloads.to_text_many(raw)[:, : self.width]

    def read_many(self, tokens: NDArray[np.uint8]) -> NDArray[np.void]:
        """What the characters 4 to 27 claim, whatever they are."""
        return codec.peek_many(payloads.heads_of(tokens))

    def tell(self, token: str) -> TokenError | None:
        """A whole one in one case is folded."""
        one_case = token in (token.lower(), token.upper())
        return Folded(token) if one_case and _FOLDED.fullmatch(token.lower()) else None


register(Gcm(Payload("gcm filler 105", 105)), {PushType.ANDROID: 0.50})
register(Gcm(Payload("gcm filler 121", 121)), {PushType.ANDROID: 0.20})
