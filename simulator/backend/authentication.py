"""Who is calling: a person with a client token, or the platform with the API key."""

import hmac
from collections.abc import Mapping
from typing import Final, NamedTuple

from simulator.backend import reply
from simulator.backend.client_tokens import ClientTokens
from simulator.backend.reply import Refused

Headers = Mapping[bytes, bytes]  # names in lower case

CLIENT_KEY: Final = b"im-client-key"
API_KEY: Final = b"im-api-key"
AUTHORIZATION: Final = b"im-authorization"


class Keys(NamedTuple):
    """The app's public client key and the platform's secret API key."""

    client: str
    api: str

    def __repr__(self) -> str:
        return "Keys(…)"


class Authentication:
    """Tells callers apart by their headers. An API key counts alone, whatever stands beside it."""

    def __init__(self, keys: Keys, tokens: ClientTokens) -> None:
        self._client_key = keys.client.encode()
        self._api_key = keys.api.encode()
        self._tokens = tokens

    def person(self, headers: Headers) -> str | None:
        """The clientId of a person who calls; None for the platform. Raises Refused."""
        if API_KEY in headers:
            self.platform(headers)
            return None
        if not hmac.compare_digest(headers.get(CLIENT_KEY, b""), self._client_key):
            raise Refused(reply.INVALID_CLIENT_KEY)
        # Header bytes above 0x7f are no part of a JWT; latin-1 reads any, and the signature does not fit then.
        client = self._tokens.client_of(headers.get(AUTHORIZATION, b"").decode("latin-1"))
        if client is None:
            raise Refused(reply.INVALID_TOKEN)
        return client

    def platform(self, headers: Headers) -> None:
        """Make sure that the platform calls. Raises Refused."""
        given = headers.get(API_KEY)
        if given is None:
            raise Refused(reply.MISSING_API_KEY)
        if not hmac.compare_digest(given, self._api_key):
            raise Refused(reply.INVALID_API_KEY)
