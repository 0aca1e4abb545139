"""What the backend remembers: clients, and one subscription for each type and deviceId."""

import time
from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from simulator.backend.database import Database
from simulator.backend.pusher import Subscription

SLOT: Final = ("type", "deviceId")
_AT_ONCE: Final = 500  # clients looked up in one statement: databases bound how many parameters it has
_COLUMNS: Final = ("type", "deviceId", "clientId", "token", "updated_at")
_TABLES: Final = (
    'CREATE TABLE IF NOT EXISTS clients ("id" TEXT PRIMARY KEY, "nickname" TEXT, "avatarUrl" TEXT)',
    (
        'CREATE TABLE IF NOT EXISTS subscriptions ("type" TEXT NOT NULL, "deviceId" TEXT NOT NULL,'
        ' "clientId" TEXT NOT NULL, "token" TEXT NOT NULL, "updated_at" BIGINT NOT NULL)'
    ),
    # A subject is a client, all of whose tokens issued until then are revoked, or one token's digest.
    'CREATE TABLE IF NOT EXISTS revocations ("subject" TEXT PRIMARY KEY, "until" BIGINT NOT NULL)',
)
_FOR_EVER: Final = 2**62


class Store:
    """Clients and subscriptions in a database, in SQL that every database of ours understands.

    `key` names the columns by which a subscription is found again and that are unique: () for none. A bug that keys
    wrongly is a subclass with another key. Every method raises DatabaseError if the database does; what a method has
    returned from is durable. `clock` gives seconds since 1970 (UTC).
    """

    key: ClassVar[tuple[str, ...]] = SLOT

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self.database = database
        self._clock = clock
        self._upsert = _insert(_COLUMNS) + _update_on_conflict(self.key)

    async def prepare(self) -> None:
        """Make the tables, and the indexes that this key wants; must be awaited before anything else."""
        await self.database.prepare([*_TABLES, *self._indexes()])

    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        """Bind the slot (type, deviceId) to `owner` and `token`, whoever had it: one atomic upsert."""
        await self.database.execute(self._upsert, push_type, device_id, owner, token, self._now())

    async def unsubscribe(self, owner: str, push_type: str, device_id: str) -> int:
        """Remove what `owner` has in the slot (type, deviceId); return the number of rows removed."""
        removed = await self.database.execute(
            'DELETE FROM subscriptions WHERE "type" = ? AND "deviceId" = ? AND "clientId" = ?',
            push_type,
            device_id,
            owner,
        )
        return removed.changed

    async def add_client(self, client_id: str, nickname: str | None, avatar_url: str | None) -> None:
        """Make the client, or update of it what is not None."""
        await self.database.execute(
            'INSERT INTO clients ("id", "nickname", "avatarUrl") VALUES (?, ?, ?) ON CONFLICT ("id") DO UPDATE SET'
            ' "nickname" = COALESCE(excluded."nickname", clients."nickname"),'
            ' "avatarUrl" = COALESCE(excluded."avatarUrl", clients."avatarUrl")',
            client_id,
            nickname,
            avatar_url,
        )

    async def has_client(self, client_id: str) -> bool:
        """Whether this client was made by `add_client`."""
        return bool(await self.database.query('SELECT 1 FROM clients WHERE "id" = ?', client_id))

    async def subscriptions_of(self, clients: Sequence[str]) -> list[Subscription]:
        """Every subscription of these clients: whom a push reaches."""
        found: list[Subscription] = []
        for first in range(0, len(clients), _AT_ONCE):
            part = clients[first : first + _AT_ONCE]
            rows = await self.database.query(
                f"SELECT {_names(_COLUMNS)} FROM subscriptions"  # noqa: S608 - our own names
                f' WHERE "clientId" IN ({", ".join("?" * len(part))})',
                *part,
            )
            found += [Subscription(kind, device, owner, token, updated) for kind, device, owner, token, updated in rows]
        return found

    async def prune(self, subscription: Subscription, dead_since: int | None) -> int:
        """Remove a subscription whose token a provider called dead, and no newer one; return the rows removed.

        Only if it still holds exactly that token, and, if `dead_since` (ms since 1970) is given, was not registered
        again after that: a verdict may come late.
        """
        newest = 2**62 if dead_since is None else dead_since
        removed = await self.database.execute(
            'DELETE FROM subscriptions WHERE "type" = ? AND "deviceId" = ? AND "clientId" = ? AND "token" = ?'
            ' AND "updated_at" <= ?',
            subscription.type,
            subscription.device_id,
            subscription.client_id,
            subscription.token,
            newest,
        )
        return removed.changed

    async def remove_device(self, owner: str, device_id: str) -> int:
        """Remove all that `owner` has under a deviceId, whatever the type; return the number of rows removed."""
        removed = await self.database.execute(
            'DELETE FROM subscriptions WHERE "deviceId" = ? AND "clientId" = ?', device_id, owner
        )
        return removed.changed

    async def revoke_token(self, digest: str) -> None:
        """From the return on, one client token is revoked."""
        await self._revoke(f"token {digest}", _FOR_EVER)

    async def revoke_client(self, client_id: str) -> None:
        """From the return on, all tokens that a client was issued up to this second are revoked."""
        await self._revoke(f"client {client_id}", int(self._clock()))

    async def is_revoked(self, client_id: str, digest: str, issued: int) -> bool:
        """Whether a client's token, issued in this second of Unix time, was revoked, in whichever process."""
        return bool(
            await self.database.query(
                'SELECT 1 FROM revocations WHERE "subject" IN (?, ?) AND "until" >= ?',
                f"token {digest}",
                f"client {client_id}",
                issued,
            )
        )

    async def revoked_until(self, client_id: str) -> int:
        """The second up to which a client's tokens are revoked, 0 if they never were."""
        rows = await self.database.query('SELECT "until" FROM revocations WHERE "subject" = ?', f"client {client_id}")
        return int(rows[0][0]) if rows else 0

    async def _revoke(self, subject: str, until: int) -> None:
        await self.database.execute(
            'INSERT INTO revocations ("subject", "until") VALUES (?, ?)'
            ' ON CONFLICT ("subject") DO UPDATE SET "until" = excluded."until"',
            subject,
            until,
        )

    def _indexes(self) -> list[str]:
        """The statements that give the table the indexes of this key; the last run on it may have had another key."""
        dropped = ["DROP INDEX IF EXISTS subscriptions_key", "DROP INDEX IF EXISTS subscriptions_slot"]
        unique = [f"CREATE UNIQUE INDEX subscriptions_key ON subscriptions ({_names(self.key)})"] if self.key else []
        slot = [f"CREATE INDEX subscriptions_slot ON subscriptions ({_names(SLOT)})"]  # for unsubscribing
        # For the fan-out. A bug that keys on the client has such an index already; a second one does no harm.
        owner = ['CREATE INDEX IF NOT EXISTS subscriptions_client ON subscriptions ("clientId")']
        return [*dropped, *unique, *(slot if self.key != SLOT else []), *owner]

    def _now(self) -> int:
        """Milliseconds since 1970, as IMKIT's documents carry them."""
        return int(self._clock() * 1000)


def _insert(columns: tuple[str, ...]) -> str:
    return f"INSERT INTO subscriptions ({_names(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - our own names


def _update_on_conflict(key: tuple[str, ...]) -> str:
    if not key:
        return ""
    changes = ", ".join(f'"{column}" = excluded."{column}"' for column in _COLUMNS if column not in key)
    return f" ON CONFLICT ({_names(key)}) DO UPDATE SET {changes}"


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
