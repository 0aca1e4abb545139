"""Rooms, who is in them, and who has muted them."""

import asyncio
import hashlib
import secrets
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import orjson

from simulator.backend.database import Database, Parameter
from simulator.backend.tables.many import in_parts, places

DIRECT: Final = "direct"
GROUP: Final = "group"
TABLES: Final = (
    (
        'CREATE TABLE IF NOT EXISTS rooms ("id" TEXT PRIMARY KEY, "name" TEXT, "cover" TEXT, "description" TEXT,'
        ' "roomType" TEXT NOT NULL, "createdTimeMS" BIGINT NOT NULL,'
        ' "last" BIGINT NOT NULL)'  # the number of the latest message, 0 without one
    ),
    (
        'CREATE TABLE IF NOT EXISTS members ("room" TEXT NOT NULL, "clientId" TEXT NOT NULL,'
        ' "read" BIGINT NOT NULL, PRIMARY KEY ("room", "clientId"))'  # the number of the last message read
    ),
    'CREATE INDEX IF NOT EXISTS members_client ON members ("clientId")',
    'CREATE TABLE IF NOT EXISTS mutes ("clientId" TEXT, "room" TEXT, PRIMARY KEY ("clientId", "room"))',
)
_COLUMNS: Final = '"id", "name", "cover", "description", "roomType", "createdTimeMS"'


class Room(NamedTuple):
    """A room, without its members."""

    id: str
    name: str | None
    cover: str | None
    description: str | None
    room_type: str
    created: int  # ms since 1970

    def document(self) -> dict[str, Any]:
        """As IMKIT's answers carry it."""
        said = {
            "_id": self.id,
            "id": self.id,
            "name": self.name,
            "cover": self.cover,
            "description": self.description,
            "roomType": self.room_type,
            "createdTimeMS": self.created,
        }
        return {name: value for name, value in said.items() if value is not None}


def new_id() -> str:
    """An id that looks like MongoDB's."""
    return secrets.token_hex(12)


def direct_id(members: Iterable[str]) -> str:
    """The id of the one direct room that these two have."""
    return hashlib.sha256(orjson.dumps(sorted(members))).hexdigest()[:24]


class Rooms:
    """The tables of rooms, members and mutes. Every method raises DatabaseError if the database does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, room: Room) -> bool:
        """Make the room unless there is one of this id; whether it was made."""
        done = await self._database.execute(
            f'INSERT INTO rooms ({_COLUMNS}, "last") VALUES (?, ?, ?, ?, ?, ?, 0)'  # noqa: S608 - our own names
            " ON CONFLICT DO NOTHING",
            *room,
        )
        return bool(done.changed)

    async def find(self, room_id: str) -> Room | None:
        """The room of this id."""
        rows = await self._database.query(f'SELECT {_COLUMNS} FROM rooms WHERE "id" = ?', room_id)  # noqa: S608 - our own names
        return Room(*rows[0]) if rows else None

    async def missing(self, room_ids: Sequence[str]) -> bool:
        """Whether any of these rooms does not exist."""
        there = 0
        for part in in_parts(room_ids):
            there += len(await self._database.query(f'SELECT 1 FROM rooms WHERE "id" IN ({places(part)})', *part))  # noqa: S608 - ? each
        return there < len(set(room_ids))

    async def members(self, room_id: str) -> list[str]:
        """Who is in the room, in order of their ids."""
        rows = await self._database.query('SELECT "clientId" FROM members WHERE "room" = ?', room_id)
        return sorted(str(client_id) for (client_id,) in rows)

    async def has_member(self, room_id: str, client_id: str) -> bool:
        """Whether the client is in the room."""
        return bool(
            await self._database.query('SELECT 1 FROM members WHERE "room" = ? AND "clientId" = ?', room_id, client_id)
        )

    async def join(self, room_id: str, client_ids: Sequence[str]) -> list[str]:
        """Put clients into a room, who have read all that was said before; returns who was not in it yet."""
        return await self._each(
            'INSERT INTO members ("clientId", "room", "read") SELECT ?, "id", "last" FROM rooms WHERE "id" = ?'
            " ON CONFLICT DO NOTHING",
            room_id,
            client_ids,
        )

    async def leave(self, room_id: str, client_ids: Sequence[str]) -> list[str]:
        """Take clients out of a room; returns who was in it."""
        return await self._each('DELETE FROM members WHERE "clientId" = ? AND "room" = ?', room_id, client_ids)

    async def mute(self, client_id: str, room_id: str) -> None:
        """From the return on, messages in the room do not push to the client."""
        await self._database.execute(
            'INSERT INTO mutes ("clientId", "room") VALUES (?, ?) ON CONFLICT DO NOTHING', client_id, room_id
        )

    async def unmute(self, client_id: str, room_id: str) -> None:
        """Messages in the room push to the client again."""
        await self._database.execute('DELETE FROM mutes WHERE "clientId" = ? AND "room" = ?', client_id, room_id)

    async def muted_by(self, client_id: str) -> list[str]:
        """The rooms that the client has muted, in order of their ids."""
        rows = await self._database.query('SELECT "room" FROM mutes WHERE "clientId" = ?', client_id)
        return sorted(str(room) for (room,) in rows)

    async def receivers(self, room_id: str, sender: str | None) -> list[str]:
        """Whom a message in the room pushes to: its other members, but for those who muted it."""
        rows = await self._database.query(
            'SELECT "clientId" FROM members WHERE "room" = ? AND "clientId" <> ? AND NOT EXISTS (SELECT 1 FROM mutes'
            ' WHERE mutes."clientId" = members."clientId" AND mutes."room" = members."room")',
            room_id,
            sender or "",
        )
        return sorted(str(client_id) for (client_id,) in rows)

    async def _each(self, sql: str, room_id: str, client_ids: Sequence[str]) -> list[str]:
        """Apply a statement on a client and a room to each client; returns those that it changed something for."""
        parameters: list[tuple[Parameter, ...]] = [(client_id, room_id) for client_id in client_ids]
        done = await asyncio.gather(*(self._database.execute(sql, *each) for each in parameters))
        return [client_id for client_id, result in zip(client_ids, done, strict=True) if result.changed]
