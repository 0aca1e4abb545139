"""Whom a client token speaks for, and on what condition."""

from typing import Final, NamedTuple, Self

from simulator.backend.database import Database, Parameter

# Twice, since SQLite makes a table of its own for every `IN (?, ?)`, which takes as long as all the rest of an upsert.
_UNTIL: Final = 'NOT EXISTS (SELECT 1 FROM revocations WHERE "subject" = ? AND "until" >= ?)'
_NOT_REVOKED: Final = f"{_UNTIL} AND {_UNTIL}"
_BOUND: Final = 'EXISTS (SELECT 1 FROM bindings WHERE "digest" = ? AND "clientId" = ? AND "expires" > ?)'


class Revoked(Exception):  # noqa: N818 - it is an answer
    """A client token was revoked, in whichever process; nothing was changed."""


class Condition(NamedTuple):
    """What a statement has to ask of the database, as SQL and its parameters."""

    sql: str
    parameters: tuple[Parameter, ...]


class Person(str):
    """A clientId that a client token speaks for, as long as the database does not say that the token was revoked.

    It is the clientId wherever one is wanted. `digest` stands for the token, which is a secret; `issued` is the second
    that it was issued in. A `bound` token is the platform's own and good only as long as it stands in the database.
    """

    __slots__ = ("bound", "digest", "expires", "issued")

    digest: str
    issued: int
    expires: float  # seconds since 1970 (UTC)
    bound: bool

    def __new__(cls, client_id: str, digest: str, expires: float, *, issued: int = 0, bound: bool = False) -> Self:
        """A person by the digest of the token they came with, and what the token says."""
        person = super().__new__(cls, client_id)
        person.digest = digest
        person.issued = issued
        person.expires = expires
        person.bound = bound
        return person

    def good(self, now: float) -> Condition:
        """That the token is good at this time: to be asked in the very statement that acts for the person."""
        if self.bound:
            return Condition(_BOUND, (self.digest, str(self), int(now * 1000)))
        issued = self.issued
        return Condition(_NOT_REVOKED, (token_subject(self.digest), issued, client_subject(self), issued))


def token_subject(digest: str) -> str:
    """One token, as the table of revocations names it."""
    return f"token {digest}"


def client_subject(client_id: str) -> str:
    """All tokens of a client up to a second of issue, as the table of revocations names them."""
    return f"client {client_id}"


async def is_good(database: Database, person: Person, now: float) -> bool:
    """Whether a person's token is good at this time. Raises DatabaseError."""
    condition = person.good(now)
    return bool(await database.query(f"SELECT 1 WHERE {condition.sql}", *condition.parameters))
