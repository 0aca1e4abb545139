"""Client tokens as far as they are kept: those that the platform bound, and what was revoked.

Tokens that were issued here are good by their signature; only their end before time is written down. A token itself is
never kept: a digest of it does.
"""

from typing import Final

from simulator.backend.database import Database
from simulator.backend.person import Person, client_subject, is_good, token_subject

TABLES: Final = (
    # A subject is a client, all of whose tokens issued until then are revoked, or one token's digest.
    'CREATE TABLE IF NOT EXISTS revocations ("subject" TEXT PRIMARY KEY, "until" BIGINT NOT NULL)',
    (
        'CREATE TABLE IF NOT EXISTS bindings ("digest" TEXT PRIMARY KEY, "clientId" TEXT NOT NULL,'
        ' "expires" BIGINT NOT NULL)'  # ms since 1970
    ),
    'CREATE INDEX IF NOT EXISTS bindings_client ON bindings ("clientId")',
)
_FOR_EVER: Final = 2**62


class Grants:
    """The tables of bound and of revoked tokens. Every method raises DatabaseError if the database does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def is_good(self, person: Person, now: float) -> bool:
        """Whether a person's token is good at this time, whichever process it was bound or revoked in."""
        return await is_good(self._database, person, now)

    async def bound(self, digest: str, now: float) -> Person | None:
        """Whom a bound token speaks for at this time; None if it is none."""
        rows = await self._database.query(
            'SELECT "clientId", "expires" FROM bindings WHERE "digest" = ? AND "expires" > ?', digest, int(now * 1000)
        )
        return Person(rows[0][0], digest, rows[0][1] / 1000, bound=True) if rows else None

    async def bind(self, client_id: str, digest: str, expires: int, now: float) -> bool:
        """Bind a token to a client until `expires` (ms since 1970), unless it is another's: whether it is bound now."""
        done = await self._database.execute(
            'INSERT INTO bindings ("digest", "clientId", "expires") VALUES (?, ?, ?) ON CONFLICT ("digest") DO UPDATE'
            ' SET "clientId" = excluded."clientId", "expires" = excluded."expires"'
            ' WHERE bindings."clientId" = excluded."clientId" OR bindings."expires" <= ?',
            digest,
            client_id,
            expires,
            int(now * 1000),
        )
        return bool(done.changed)

    async def revoke(self, person: Person) -> None:
        """From the return on, the token that the person came with is revoked."""
        if person.bound:
            await self.unbind(person, person.digest)
        else:
            await self._revoke(token_subject(person.digest), _FOR_EVER)

    async def unbind(self, client_id: str, digest: str) -> bool:
        """From the return on, a bound token of a client is revoked; False if the client has none like it."""
        done = await self._database.execute(
            'DELETE FROM bindings WHERE "digest" = ? AND "clientId" = ?', digest, client_id
        )
        return bool(done.changed)

    async def revoke_all(self, client_id: str, now: float) -> None:
        """From the return on, all tokens are revoked that a client has been issued, or that were bound to it."""
        await self._database.execute('DELETE FROM bindings WHERE "clientId" = ?', client_id)
        await self._revoke(client_subject(client_id), int(now))

    async def revoked_until(self, client_id: str) -> int:
        """The second of issue up to which a client's tokens are revoked, 0 if they never were."""
        rows = await self._database.query(
            'SELECT "until" FROM revocations WHERE "subject" = ?', client_subject(client_id)
        )
        return int(rows[0][0]) if rows else 0

    async def _revoke(self, subject: str, until: int) -> None:
        """Revoke up to this second, or one second further than before: a token issued since then says that second."""
        await self._database.execute(
            'INSERT INTO revocations ("subject", "until") VALUES (?, ?) ON CONFLICT ("subject") DO UPDATE SET "until" ='
            ' CASE WHEN revocations."until" < excluded."until" THEN excluded."until"'
            ' WHEN revocations."until" < ? THEN revocations."until" + 1 ELSE revocations."until" END',
            subject,
            until,
            _FOR_EVER,
        )
