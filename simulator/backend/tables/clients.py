"""People, as the platform has told of them."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from simulator.backend.database import Database
from simulator.backend.tables.many import in_parts, places

TABLES: Final = (
    'CREATE TABLE IF NOT EXISTS clients ("id" TEXT PRIMARY KEY, "nickname" TEXT, "avatarUrl" TEXT)',
    # Who has switched notifications off; a person need not be in the table of clients, since tokens outlive it.
    'CREATE TABLE IF NOT EXISTS silenced ("clientId" TEXT PRIMARY KEY)',
)


class Client(NamedTuple):
    """A person as others see them."""

    id: str
    nickname: str | None = None
    avatar_url: str | None = None

    @property
    def name(self) -> str:
        """What to call them."""
        return self.nickname or self.id

    def document(self) -> dict[str, Any]:
        """As IMKIT's answers carry them."""
        said = {"_id": self.id, "id": self.id, "nickname": self.nickname, "avatarUrl": self.avatar_url}
        return {name: value for name, value in said.items() if value is not None}


class Clients:
    """The table of clients. Every method raises DatabaseError if the database does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, client_id: str, nickname: str | None, avatar_url: str | None) -> Client:
        """Make the client, or update of it what is not None."""
        done = await self._database.execute(
            'INSERT INTO clients ("id", "nickname", "avatarUrl") VALUES (?, ?, ?) ON CONFLICT ("id") DO UPDATE SET'
            ' "nickname" = COALESCE(excluded."nickname", clients."nickname"),'
            ' "avatarUrl" = COALESCE(excluded."avatarUrl", clients."avatarUrl")'
            ' RETURNING "id", "nickname", "avatarUrl"',
            client_id,
            nickname,
            avatar_url,
        )
        return Client(*done.rows[0])

    async def has(self, client_id: str) -> bool:
        """Whether this client was made by `add`."""
        return bool(await self._database.query('SELECT 1 FROM clients WHERE "id" = ?', client_id))

    async def find(self, client_ids: Sequence[str]) -> dict[str, Client]:
        """Those of these clients that were made by `add`, by their ids."""
        found: dict[str, Client] = {}
        for part in in_parts(client_ids):
            rows = await self._database.query(
                f'SELECT "id", "nickname", "avatarUrl" FROM clients WHERE "id" IN ({places(part)})',  # noqa: S608 - ? each
                *part,
            )
            found.update((row[0], Client(*row)) for row in rows)
        return found

    async def silence(self, client_id: str) -> None:
        """No push reaches the client from the return on, on whatever device."""
        await self._database.execute('INSERT INTO silenced ("clientId") VALUES (?) ON CONFLICT DO NOTHING', client_id)

    async def unsilence(self, client_id: str) -> None:
        """Pushes reach the client again."""
        await self._database.execute('DELETE FROM silenced WHERE "clientId" = ?', client_id)

    async def is_silenced(self, client_id: str) -> bool:
        """Whether the client has switched notifications off."""
        return bool(await self._database.query('SELECT 1 FROM silenced WHERE "clientId" = ?', client_id))
