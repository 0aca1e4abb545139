"""What the backend is for: one subscription for each type and deviceId."""

import time
from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from simulator.backend import rate_limit
from simulator.backend.database import Database, Parameter
from simulator.backend.person import Person, Revoked, is_good
from simulator.backend.policy import DEFAULT, Policy
from simulator.backend.pusher import Subscription
from simulator.backend.tables import clients, grants, messages, rooms, sockets
from simulator.backend.tables.many import in_parts, places
from simulator.backend.upsert import COLUMNS, SLOT, Upsert, names

_OWNED_SLOT: Final = (*SLOT, "clientId")
_TABLES: Final = (
    (
        'CREATE TABLE IF NOT EXISTS subscriptions ("type" TEXT NOT NULL, "deviceId" TEXT NOT NULL,'
        ' "clientId" TEXT NOT NULL, "token" TEXT NOT NULL, "updated_at" BIGINT NOT NULL)'
    ),
    *clients.TABLES,
    *grants.TABLES,
    *rooms.TABLES,
    *messages.TABLES,
    *sockets.TABLES,
    *rate_limit.TABLES,
)
_REMOVE: Final = 'DELETE FROM subscriptions WHERE "type" = ? AND "deviceId" = ? AND "clientId" = ?'
_FOR_EVER: Final = 2**62


class Store:
    """Subscriptions in a database, in SQL that every database of ours understands.

    `key` names the columns by which a subscription is found again and that are unique: () for none. A bug that keys
    wrongly is a subclass with another key. Every method raises DatabaseError if the database does; what a method has
    returned from is durable. `clock` gives seconds since 1970 (UTC).

    An `owner` who is a Person is asked for in the same statement: with a token that was revoked, Revoked is raised and
    nothing is changed. A subclass that writes in its own way may not do so, and is asked before; see `looks_first`.
    """

    key: ClassVar[tuple[str, ...]] = SLOT
    looks_first: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        cls.looks_first = cls.subscribe is not Store.subscribe or cls.unsubscribe is not Store.unsubscribe

    def __init__(self, database: Database, clock: Callable[[], float] = time.time, policy: Policy = DEFAULT) -> None:
        self.database = database
        self.clock = clock
        self.policy = policy
        self._unique = _OWNED_SLOT if policy.key == "client-device" and self.key == SLOT else self.key
        self._upsert = Upsert(self._unique, policy, spares_owner=database.rewrites_indexes)

    async def prepare(self) -> None:
        """Make the tables, and the indexes that this key wants; must be awaited before anything else."""
        await self.database.prepare([*_TABLES, *self._indexes()])

    async def close(self) -> None:
        """The backend ends politely: finish what is under way and let go of the database."""
        await self.database.close()

    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        """Bind the slot (type, deviceId) to `owner` and `token`, whoever had it: one atomic upsert."""
        values = push_type, device_id, str(owner), token, self._now()
        statements, parameters = self._upsert.plain, self._upsert.stamped(values)
        if isinstance(owner, Person):
            condition = owner.good(self.clock())
            statements, parameters = self._upsert.under(condition.sql), (*parameters, *condition.parameters)
        for sql in statements:
            if (await self.database.execute(sql, *parameters)).changed:
                break
        else:
            raise Revoked
        for sql, *parameters_after in self._upsert.after(values):
            await self.database.execute(sql, *parameters_after)

    async def unsubscribe(self, owner: str, push_type: str, device_id: str) -> int:
        """Remove what `owner` has in the slot (type, deviceId); return the number of rows removed."""
        values: tuple[Parameter, ...] = push_type, device_id, str(owner)
        if not isinstance(owner, Person):
            return (await self.database.execute(_REMOVE, *values)).changed
        condition = owner.good(self.clock())
        removed = await self.database.execute(f"{_REMOVE} AND {condition.sql}", *values, *condition.parameters)
        if not removed.changed and not await is_good(self.database, owner, self.clock()):
            raise Revoked
        return removed.changed

    async def subscriptions_of(self, clients: Sequence[str]) -> list[Subscription]:
        """Every subscription of these clients but of those who switched notifications off: whom a push reaches."""
        found: list[Subscription] = []
        for part in in_parts(clients):
            rows = await self.database.query(
                f"SELECT {names(COLUMNS)} FROM subscriptions"  # noqa: S608 - our own names
                f' WHERE "clientId" IN ({places(part)})'
                ' AND NOT EXISTS (SELECT 1 FROM silenced WHERE silenced."clientId" = subscriptions."clientId")',
                *part,
            )
            found += [Subscription(kind, device, owner, token, updated) for kind, device, owner, token, updated in rows]
        return found

    async def prune(self, subscription: Subscription, dead_since: int | None) -> int:
        """Remove a subscription whose token a provider called dead, and no newer one; return the rows removed.

        Only if it still holds exactly that token, and, if `dead_since` (ms since 1970) is given, was registered before
        that: a verdict may come late.
        """
        if self.policy.dead_tokens == "keep":
            return 0
        newest = _FOR_EVER if dead_since is None else dead_since
        removed = await self.database.execute(
            f'{_REMOVE} AND "token" = ? AND "updated_at" < ?',
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
            'DELETE FROM subscriptions WHERE "deviceId" = ? AND "clientId" = ?', device_id, str(owner)
        )
        return removed.changed

    def _indexes(self) -> list[str]:
        """The statements that give the table the indexes of this key; the last run on it may have had another key."""
        dropped = ["DROP INDEX IF EXISTS subscriptions_key", "DROP INDEX IF EXISTS subscriptions_slot"]
        unique = [f"CREATE UNIQUE INDEX subscriptions_key ON subscriptions ({names(self._unique)})"]
        slot = [f"CREATE INDEX subscriptions_slot ON subscriptions ({names(SLOT)})"]  # for unsubscribing
        # For the fan-out. A bug that keys on the client has such an index already; a second one does no harm.
        owner = ['CREATE INDEX IF NOT EXISTS subscriptions_client ON subscriptions ("clientId")']
        found_by = self._unique[: len(SLOT)] == SLOT
        return [
            *dropped,
            *(unique if self._unique else []),
            *([] if found_by else slot),
            *owner,
            *self._upsert.indexes(),
        ]

    def _now(self) -> int:
        """Milliseconds since 1970, as IMKIT's documents carry them."""
        return int(self.clock() * 1000)
