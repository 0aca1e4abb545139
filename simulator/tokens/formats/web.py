"""Web Push subscriptions as a browser's JSON.stringify gives them, in the token's place: 365, 375 or 411 characters.

    {"endpoint":"…","expirationTime":null,"keys":{"p256dh":"…","auth":"…"}}

The block is in the endpoint; see `simulator.tokens.browser`. p256dh is a real point of P-256, whose private key the
simulated browser derives as this form does. A subscription is the JSON value: who writes it again with other spaces, or
its fields in another order, has not changed it.

ASSUMPTION: 65 % of the browsers are Chrome, 20 % Safari, 15 % Firefox.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any, Final

import orjson

from simulator.tokens import browser
from simulator.tokens.errors import Folded, TokenError
from simulator.tokens.format import Form, register
from simulator.tokens.provenance import Provenance
from simulator.tokens.types import PushType

_FIELDS: Final = ("endpoint", "expirationTime", "keys")
_OPENING: Final = '{"endpoint":"'
_REST: Final = len('","expirationTime":null,"keys":{"p256dh":"","auth":""}}') + 87 + 22
_EXPIRATION: Final = len(',"expirationTime":null')  # some leave it out
_LONGEST_REWRITTEN: Final = 600  # characters: with spaces, line breaks and indentation
# What serialisers add: white space, and PHP's a backslash before each slash. Nothing that is minted holds either.
_ADDED: Final = str.maketrans("", "", " \t\r\n\\")
_KEYS: Final = r'","expirationtime":null,"keys":\{"p256dh":"b[a-z0-9_-]{86}","auth":"[a-z0-9_-]{22}"\}\}'


class Web(Form):
    """A subscription of one browser; it takes a multiplication on the curve, for which there is no bulk."""

    types = (PushType.WEB,)

    def __init__(
        self, name: str, endpoint: Callable[[Provenance], str], prefix: str, characters: int, telling: int
    ) -> None:
        """`characters` follow the endpoint's prefix, and the first `telling` of them name the write."""
        self.name = name
        self._endpoint = endpoint
        self._prefix = prefix
        before = _OPENING + prefix
        self.whole = len(before) + characters + _REST
        self.lengths = range(self.whole - _EXPIRATION, _LONGEST_REWRITTEN)
        self.shortest = len(before) + telling
        self._folded = re.compile(f"{re.escape(before.lower())}[a-z0-9:_-]{{{characters}}}{_KEYS}")

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

    def bare(self, token: str) -> str:
        """The text as a browser would write it, as long as the fields are in its order."""
        return token.translate(_ADDED)

    def tell(self, token: str) -> TokenError | None:
        """A whole subscription in one case is folded; the block is lost."""
        bare = self.bare(token)
        one_case = bare in (bare.lower(), bare.upper())
        return Folded(token) if one_case and self._folded.fullmatch(bare.lower()) else None

    def _endpoint_in(self, token: str) -> str | None:
        document = _json(token)
        if document is not None:
            endpoint = document["endpoint"]
            return endpoint if isinstance(endpoint, str) and endpoint.startswith(self._prefix) else None
        _, found, rest = self.bare(token).partition(self._prefix)
        return found + rest.partition('"')[0] if found else None


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


register(Web("chrome", browser.chrome, browser.CHROME, 152, telling=40), {PushType.WEB: 0.65})
register(Web("safari", browser.safari, browser.SAFARI, 170, telling=24), {PushType.WEB: 0.20})
register(Web("firefox", browser.firefox, browser.FIREFOX, 183, telling=34), {PushType.WEB: 0.15})
