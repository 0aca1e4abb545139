"""How many calls a minute a key may make, exact over all processes: the count is kept in the store.

A window starts with the first call, lasts a minute, and is followed by the next call's.
"""

from collections.abc import Callable
from typing import Final

from simulator.backend import reply
from simulator.backend.database import Database
from simulator.backend.reply import Refused

TABLES: Final = (
    (
        'CREATE TABLE IF NOT EXISTS limits ("subject" TEXT PRIMARY KEY, "start" BIGINT NOT NULL,'
        ' "calls" BIGINT NOT NULL)'
    ),
)
_WINDOW: Final = 60_000  # ms
_GOES_ON: Final = f'excluded."start" < limits."start" + {_WINDOW}'
_COUNT: Final = (
    'INSERT INTO limits ("subject", "start", "calls") VALUES (?, ?, 1) ON CONFLICT ("subject") DO UPDATE SET'  # noqa: S608 - our own
    f' "calls" = CASE WHEN {_GOES_ON} THEN limits."calls" + 1 ELSE 1 END,'
    f' "start" = CASE WHEN {_GOES_ON} THEN limits."start" ELSE excluded."start" END RETURNING "calls"'
)


class RateLimit:
    """At most so many calls a minute for each subject; `clock` gives seconds since 1970."""

    def __init__(self, database: Database, calls: int, clock: Callable[[], float]) -> None:
        self._database = database
        self._calls = calls
        self._clock = clock

    async def spend(self, subject: str) -> None:
        """Count a call. Raises Refused if it is one too many, and DatabaseError."""
        counted = await self._database.execute(_COUNT, subject, int(self._clock() * 1000))
        if counted.rows[0][0] > self._calls:
            raise Refused(reply.rate_limited())
