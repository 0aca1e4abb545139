"""Google Cloud Messaging registration ids, type `android`: a payload alone, with no colon, 140 or 162 characters.

ASSUMPTION: of the devices that register as android 50 % have 140 characters and 20 % have 162.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.tokens import codec
from simulator.tokens.format import Form, register
from simulator.tokens.formats import _payload as payloads
from simulator.tokens.formats._payload import Payload
from simulator.tokens.provenance import Provenance
from simulator.tokens.types import PushType


class Gcm(Form):
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


register(Gcm(Payload("gcm filler 105", 105)), {PushType.ANDROID: 0.50})
register(Gcm(Payload("gcm filler 121", 121)), {PushType.ANDROID: 0.20})
