"""What became of each push: how many deliveries were selected, attempted, delivered, failed; how many tokens pruned.

A row is written when a push is accepted and once more when it is closed, which is when its last delivery was attempted
for the last time. Counts are the process's own until then: a push whose process was killed is never closed.
"""

import secrets
from dataclasses import dataclass
from typing import Any, Final

from simulator.backend.database import Database

_IDS: Final = 2**53  # the whole numbers that every reader of JSON keeps exactly
_COUNTS: Final = ("selected", "attempted", "delivered", "failed", "pruned")
_COLUMNS: Final = ", ".join(f'"{name}"' for name in (*_COUNTS, "closed"))
_TABLE: Final = (
    'CREATE TABLE IF NOT EXISTS pushes ("id" BIGINT PRIMARY KEY, "selected" BIGINT NOT NULL,'
    ' "attempted" BIGINT NOT NULL, "delivered" BIGINT NOT NULL, "failed" BIGINT NOT NULL, "pruned" BIGINT NOT NULL,'
    ' "closed" BIGINT NOT NULL)'
)


@dataclass(slots=True)
class Tally:
    """A push under way."""

    number: int
    left: int  # deliveries that may still be attempted
    delivered: int = 0
    failed: int = 0
    pruned: int = 0

    def count(self, what: str) -> bool:
        """Count one delivery as "delivered" or "failed"; whether it was the last."""
        setattr(self, what, getattr(self, what) + 1)
        self.left -= 1
        return not self.left


class PushLog:
    """The table `pushes`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def prepare(self) -> None:
        """Make the table."""
        await self._database.prepare([_TABLE])

    async def open(self, selected: int) -> int:
        """A new push with so many deliveries to make; one without any is closed at once. Returns its id."""
        number = secrets.randbelow(_IDS)  # drawn, so that several processes need not agree on the next one
        await self._database.execute(
            f'INSERT INTO pushes ("id", {_COLUMNS}) VALUES (?, ?, 0, 0, 0, 0, ?)',  # noqa: S608 - our own names
            number,
            selected,
            int(not selected),
        )
        return number

    async def close(self, tally: Tally) -> None:
        """The push's last delivery was attempted."""
        await self._database.execute(
            'UPDATE pushes SET "attempted" = ?, "delivered" = ?, "failed" = ?, "pruned" = ?, "closed" = 1'
            ' WHERE "id" = ?',
            tally.delivered + tally.failed,
            tally.delivered,
            tally.failed,
            tally.pruned,
            tally.number,
        )

    async def entry(self, number: int) -> dict[str, Any] | None:
        """One push; None if there is none of this id."""
        rows = await self._database.query(f'SELECT {_COLUMNS} FROM pushes WHERE "id" = ?', number)  # noqa: S608 - our own names
        if not rows:
            return None
        *counts, closed = rows[0]
        return {"_id": number, **dict(zip(_COUNTS, counts, strict=True)), "closed": bool(closed)}
