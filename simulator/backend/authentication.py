"""Who is calling: a person with a client token, or the platform with the API key."""

import hmac
from typing import Final, NamedTuple, Protocol

from simulator.backend import reply
from simulator.backend.client_tokens import ClientTokens
from simulator.backend.reply import Refused

CLIENT_KEY: Final = "im-client-key"
API_KEY: Final = "im-api-key"
AUTHORIZATION: Final = "im-authorization"


class Headers(Protocol):
    """A request's headers by their names in lower case: a dict, or whatever the server has."""

    def get(self, name: str, /) -> str | None:
        """The value of a header, None if it is not there."""
        ...


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
        if headers.get(API_KEY) is not None:
            self.platform(headers)
            return None
        if not _same(headers.get(CLIENT_KEY) or "", self._client_key):
            raise Refused(reply.INVALID_CLIENT_KEY)
        client = self._tokens.client_of(headers.get(AUTHORIZATION) or "")
        if client is None:
            raise Refused(reply.INVALID_TOKEN)
        return client

    def platform(self, headers: Headers) -> None:
        """Make sure that the platform calls. Raises Refused."""
        given = headers.get(API_KEY)
        if given is None:
            raise Refused(reply.MISSING_API_KEY)
        if not _same(given, self._api_key):
            raise Refused(reply.INVALID_API_KEY)


def _same(given: str, key: bytes) -> bool:
    # As bytes: compare_digest takes no strings beyond ASCII, and anybody may send them.
    return hmac.compare_digest(given.encode(), key)
