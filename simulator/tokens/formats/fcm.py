"""Firebase Cloud Messaging registration tokens: 163 characters, as devices are given since 2020, or 142.

    FID (22 characters) · ":" · payload of 105 bytes (140 characters) or 89 bytes (119 characters)

The installation id in front stays while the payload rotates, and so does ours. An app that has not moved from the type
`android` to `fcm` holds such a token too, and so does a page whose app registers Google's token as `web`.

ASSUMPTION: of the devices that register as fcm 88 % have the long form and 7 % the short one; of those that register as
android 30 % have the long one.
"""

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.tokens import codec
from simulator.tokens.errors import Folded, TokenError, Truncated
from simulator.tokens.format import BulkForm, register
from simulator.tokens.formats import _installation as installation
from simulator.tokens.formats import _payload as payloads
from simulator.tokens.formats._payload import Payload
from simulator.tokens.provenance import Provenance
from simulator.tokens.types import PushType

_PAYLOAD: Final = installation.CHARACTERS + 1  # where it begins
# One base64 call serves id and payload: the id's bytes are a multiple of 3, so that the payload begins a new group.
_ID_GROUPS: Final = installation.BYTES // 3 * 4

# What case folding leaves of the form. The block itself is lost, so this is all there is to tell by.
_FOLDED: Final = re.compile(r"[c-f][a-z0-9_-]{21}:apa91b[efgh][a-z0-9_-]{112}([a-z0-9_-]{21})?")
_CUT: Final = re.compile(r"[c-f][A-Za-z0-9_-]{21}:APA91b[EFGH][A-Za-z0-9_-]{133}")
_SAMPLE_TAIL: Final = ":APA91bE" + "A" * 133


class Fcm(BulkForm):
    """An installation id and a payload that hides the block."""

    types = (PushType.FCM, PushType.ANDROID, PushType.WEB)
    shortest = _PAYLOAD + payloads.SHORTEST

    def __init__(self, payload: Payload) -> None:
        length = _PAYLOAD + payload.characters
        self.name = f"fcm-{length}"
        self.lengths = range(length, length + 1)
        self._payload = payload

    def write(self, provenance: Provenance) -> str:
        """The installation id, a colon and the payload."""
        text = payloads.to_text(installation.write(provenance) + self._payload.of(codec.seal(provenance)))
        return f"{text[: installation.CHARACTERS]}:{text[_ID_GROUPS:]}"

    def read(self, token: str) -> Provenance | None:
        """What the characters 27 to 50 claim."""
        if len(token) < self.shortest:
            return None
        return codec.peek(payloads.head_of(token[_PAYLOAD:]), self.types)

    def write_many(self, plain: NDArray[np.void]) -> NDArray[np.uint8]:
        """Ids, colons and payloads, uint8 (n, width)."""
        used = installation.BYTES + self._payload.size
        raw = np.zeros((len(plain), -(-used // 3) * 3), np.uint8)
        installation.write_many(plain, raw[:, : installation.BYTES])
        self._payload.write_many(plain, raw[:, installation.BYTES : used])
        text = payloads.to_text_many(raw)
        tokens = np.empty((len(plain), self.width), np.uint8)
        tokens[:, : installation.CHARACTERS] = text[:, : installation.CHARACTERS]
        tokens[:, installation.CHARACTERS] = ord(":")
        tokens[:, _PAYLOAD:] = text[:, _ID_GROUPS : _ID_GROUPS + self._payload.characters]
        return tokens

    def read_many(self, tokens: NDArray[np.uint8]) -> NDArray[np.void]:
        """What the characters 27 to 50 claim, whatever they are."""
        return codec.peek_many(payloads.heads_of(tokens[:, _PAYLOAD:]))

    def tell(self, token: str) -> TokenError | None:
        """A whole token in one case is folded; an installation id with too little after it is cut."""
        if token in (token.lower(), token.upper()) and _FOLDED.fullmatch(token.lower()):
            return Folded(token)
        size = installation.CHARACTERS
        cut = size <= len(token) < self.shortest and _CUT.fullmatch(token + _SAMPLE_TAIL[len(token) - size :])
        found = installation.read(token[:size]) if cut else None
        if found is None:
            return None
        fleet, device, install = found
        return Truncated(token, self.width, fleet=fleet, register=device << 24 | install << 8 | PushType.FCM)


register(Fcm(Payload("fcm filler", 105)), {PushType.FCM: 0.88, PushType.ANDROID: 0.30, PushType.WEB: 0})
register(Fcm(Payload("fcm filler 89", 89)), {PushType.FCM: 0.07})
