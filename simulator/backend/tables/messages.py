"""Messages in rooms, and how far each member has read.

A room's messages are numbered in the order in which they were taken on. Unread is what has a higher number than the
last that a member has read, unless it is their own.
"""

from typing import Any, Final, NamedTuple

from simulator.backend.database import Database

TABLES: Final = (
    (
        'CREATE TABLE IF NOT EXISTS messages ("id" TEXT PRIMARY KEY, "room" TEXT NOT NULL, "number" BIGINT NOT NULL,'
        ' "sender" TEXT, "messageType" TEXT NOT NULL, "message" TEXT NOT NULL, "messageTimeMS" BIGINT NOT NULL)'
    ),
    'CREATE INDEX IF NOT EXISTS messages_room ON messages ("room", "number")',
)


class Message(NamedTuple):
    """A message, on its way or taken on."""

    id: str
    room: str
    sender: str | None  # None: the platform itself
    message_type: str
    text: str
    time: int  # ms since 1970

    def document(self) -> dict[str, Any]:
        """As IMKIT's answers carry it."""
        return {
            "_id": self.id,
            "id": self.id,
            "room": self.room,
            "message": self.text,
            "messageType": self.message_type,
            "sender": self.sender,
            "messageTimeMS": self.time,
            "createdAtMS": self.time,
            "updatedAtMS": self.time,
        }


class Messages:
    """The table of messages. Every method raises DatabaseError if the database does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def post(self, message: Message) -> bool:
        """Take a message on; False if its room does not exist."""
        counted = await self._database.execute(
            'UPDATE rooms SET "last" = "last" + 1 WHERE "id" = ? RETURNING "last"', message.room
        )
        if not counted.rows:
            return False
        await self._database.execute(
            'INSERT INTO messages ("id", "room", "number", "sender", "messageType", "message", "messageTimeMS")'
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            message.id,
            message.room,
            counted.rows[0][0],
            message.sender,
            message.message_type,
            message.text,
            message.time,
        )
        return True

    async def read(self, room_id: str, client_id: str, message_id: str) -> bool:
        """A member has read up to this message, or further already; False if there is no such member or message."""
        rows = await self._database.query(
            'SELECT "number" FROM messages WHERE "id" = ? AND "room" = ?', message_id, room_id
        )
        if not rows:
            return False
        number = rows[0][0]
        done = await self._database.execute(
            'UPDATE members SET "read" = CASE WHEN "read" < ? THEN ? ELSE "read" END'
            ' WHERE "room" = ? AND "clientId" = ?',
            number,
            number,
            room_id,
            client_id,
        )
        return bool(done.changed)

    async def unread(self, client_id: str) -> int:
        """How many messages the client has not read, over all rooms."""
        rows = await self._database.query(
            'SELECT COUNT(*) FROM members JOIN messages ON messages."room" = members."room"'
            ' AND messages."number" > members."read"'
            ' WHERE members."clientId" = ? AND (messages."sender" IS NULL OR messages."sender" <> members."clientId")',
            client_id,
        )
        return int(rows[0][0])
