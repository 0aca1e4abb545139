"""Web Push subscriptions as a browser's JSON.stringify gives them, in the token's place: 365, 375 or 411 characters.

    {"endpoint":"…","expirationTime":null,"keys":{"p256dh":"…","auth":"…"}}

The block is in the endpoint; see `simulator.tokens.browser`. p256dh is a real point of P-256, whose private key the
simulated browser derives as this form does. A subscription is the JSON value: who writes it again with other spaces, or
its fields in another order, has not changed it.

ASSUMPTION: 65 % of the browsers are Chrome, 20 % Safari, 15 % Firefox.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any, Final

import orjson

from simulator.tokens import browser
from simulator.tokens.format import Form, register
from simulator.tokens.provenance import Provenance
from simulator.tokens.types import PushType

_FIELDS: Final = ("endpoint", "expirationTime", "keys")
_OPENING: Final = '{"endpoint":"'
_REST: Final = len('","expirationTime":null,"keys":{"p256dh":"","auth":""}}') + 87 + 22
_LONGEST_REWRITTEN: Final = 600  # characters: with spaces, line breaks and indentation


class Web(Form):
    """A subscription of one browser."""

    types = (PushType.WEB,)
    in_bulk = False  # what it takes is a multiplication on the curve, for which there is no bulk

    def __init__(self, name: str, endpoint: Callable[[Provenance], str], prefix: str, characters: int) -> None:
        self.name = name
        self._endpoint = endpoint
        self._prefix = prefix
        self.whole = len(_OPENING) + len(prefix) + characters + _REST
        self.lengths = range(self.whole - 24, _LONGEST_REWRITTEN)  # some leave out the expiration time
        self.shortest = len(_OPENING) + len(prefix) + 40

    @property
    def width(self) -> int:
        """Characters as minted."""
        return self.whole

    def write(self, provenance: Provenance) -> str:
        """The JSON text."""
        keys = browser.browser_keys(provenance)
        return (
            f'{_OPENING}{self._endpoint(provenance)}","expirationTime":null,"keys":'
            f'{{"p256dh":"{_base64(keys.p256dh)}","auth":"{_base64(keys.auth)}"}}}}'
        )

    def read(self, token: str) -> Provenance | None:
        """What the endpoint claims, also of a cut token."""
        endpoint = self._endpoint_in(token)
        found = None if endpoint is None else browser.claimed(endpoint)
        return None if found is None else found[0]

    def same(self, token: str, minted: str) -> bool:
        """Whether the texts are one JSON value; a missing expirationTime is null."""
        return token == minted or ((document := _json(token)) is not None and document == _json(minted))

    def _endpoint_in(self, token: str) -> str | None:
        document = _json(token)
        if document is not None:
            endpoint = document["endpoint"]
            return endpoint if isinstance(endpoint, str) and endpoint.startswith(self._prefix) else None
        start = token.find(self._prefix)
        return None if start < 0 else token[start:].partition('"')[0]


def _json(text: str) -> dict[str, Any] | None:
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(document, dict) or not {"endpoint", "keys"} <= document.keys() <= set(_FIELDS):
        return None
    return {"expirationTime": None, **document}


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


register(Web("chrome", browser.chrome, browser.CHROME, 152), {PushType.WEB: 0.65})
register(Web("safari", browser.safari, browser.SAFARI, 170), {PushType.WEB: 0.20})
register(Web("firefox", browser.firefox, browser.FIREFOX, 183), {PushType.WEB: 0.15})
