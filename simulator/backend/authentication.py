"""Who is calling: a person with a client token, or the platform with the API key."""

import hmac
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

from simulator.backend import reply
from simulator.backend.client_tokens import ClientTokens, digest_of
from simulator.backend.database import Database
from simulator.backend.person import Person, Revoked
from simulator.backend.policy import Policy
from simulator.backend.rate_limit import RateLimit
from simulator.backend.reply import Refused
from simulator.backend.tables.grants import Grants

CLIENT_KEY: Final = "im-client-key"
API_KEY: Final = "im-api-key"
AUTHORIZATION: Final = "im-authorization"
_THE_PLATFORM: Final = "api key"  # as the rate limit names it; people's names have another first word


class Headers(Protocol):
    """A request's headers by their names in lower case: a dict, or whatever the server has."""

    def get(self, name: str, /) -> str | None:
        """The value of a header, None if it is not there or no text."""
        ...

    def __contains__(self, name: str, /) -> bool:
        """Whether a header is there."""
        ...


class Keys(NamedTuple):
    """The app's public client key and the platform's secret API key."""

    client: str
    api: str

    def __repr__(self) -> str:
        return "Keys(…)"


class Limits(NamedTuple):
    """How many calls a minute each kind of caller may make; None for any number."""

    platform: RateLimit | None = None
    person: RateLimit | None = None

    @classmethod
    def of(cls, database: Database, platform: int, person: int, clock: Callable[[], float]) -> "Limits":
        """Limits that are counted in the database; 0 for none."""
        return cls(*(RateLimit(database, calls, clock) if calls else None for calls in (platform, person)))


class Authentication:
    """Tells callers apart by their headers, and counts their calls. An API key counts alone, whatever is beside it.

    Every method raises Refused for callers who may not call, and DatabaseError.
    """

    def __init__(
        self,
        keys: Keys,
        tokens: ClientTokens,
        grants: Grants,
        policy: Policy,
        limits: Limits,
        clock: Callable[[], float],
    ) -> None:
        self._client_key = keys.client.encode()
        self._api_key = keys.api.encode()
        self._tokens = tokens
        self._grants = grants
        self._invalid_client_key = reply.invalid_client_key(int(policy.bad_client_key))
        self._limits = limits
        self._clock = clock

    async def caller(self, headers: Headers) -> Person | None:
        """The person who calls; None for the platform.

        Whether a person's token was revoked has still to be asked: by the statement that acts for them, or `confirm`.
        """
        if headers.get(API_KEY) is not None:
            await self.platform(headers)
            return None
        if not _same(headers.get(CLIENT_KEY) or "", self._client_key):
            raise Refused(self._invalid_client_key)
        token = headers.get(AUTHORIZATION) or ""
        person = self._tokens.person(token) or await self._grants.bound(digest_of(token), self._clock())
        if person is None:
            raise Refused(reply.INVALID_TOKEN)
        if self._limits.person is not None:
            await self._limits.person.spend(f"client {person}")
        return person

    async def confirm(self, person: Person) -> None:
        """Make sure that a person's token was not revoked. Raises Revoked."""
        if not await self._grants.is_good(person, self._clock()):
            raise Revoked

    async def confirmed(self, headers: Headers) -> Person | None:
        """The person who calls, with a token that was not revoked; None for the platform."""
        person = await self.caller(headers)
        if person is not None:
            await self.confirm(person)
        return person

    async def person(self, headers: Headers) -> Person:
        """The person who calls, with a token that was not revoked; the platform is nobody here."""
        person = await self.confirmed(headers)
        if person is None:
            raise Refused(reply.INVALID_TOKEN)
        return person

    async def platform(self, headers: Headers) -> None:
        """Make sure that the platform calls."""
        given = headers.get(API_KEY)
        if given is None:
            raise Refused(reply.MISSING_API_KEY)
        if not _same(given, self._api_key):
            raise Refused(reply.INVALID_API_KEY)
        if self._limits.platform is not None:
            await self._limits.platform.spend(_THE_PLATFORM)


def _same(given: str, key: bytes) -> bool:
    # As bytes: compare_digest takes no strings beyond ASCII, and anybody may send them.
    return hmac.compare_digest(given.encode(), key)
