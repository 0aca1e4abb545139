"""The statement that writes a subscription, and what a policy wants done beside it.

A policy by which one subscription pushes out another needs to know the newest beyond doubt: under such a policy a
subscription's time is later than that of all that it competes with, by a millisecond if need be, and whatever is not
among the newest goes afterwards, whoever gets to it first.
"""

from collections.abc import Iterator
from typing import Final

from simulator.backend.database import Parameter
from simulator.backend.policy import Policy

SLOT: Final = ("type", "deviceId")
COLUMNS: Final = ("type", "deviceId", "clientId", "token", "updated_at")

Values = tuple[str, str, str, str, int]  # of the columns

_NOW: Final = "?"
# The beginning of a token finds it: PostgreSQL has no index on texts as long as they may be.
_THE_SAME: Final = 'substr("token", 1, 200) = substr(?, 1, 200) AND "token" = ?'
_LATEST: Final = (
    f'COALESCE((SELECT MAX("updated_at") + 1 FROM subscriptions WHERE ("clientId" = ? OR ({_THE_SAME}))'  # noqa: S608 - our own
    ' AND "updated_at" >= ?), ?)'
)


def _order(table: str) -> str:
    """What a subscription is newer by; two may have the same time if they were written at once."""
    return ", ".join(f'{table}."{column}"' for column in ("updated_at", "type", "deviceId", "clientId"))


_MOVE: Final = (
    f"DELETE FROM subscriptions WHERE {_THE_SAME} AND EXISTS (SELECT 1 FROM subscriptions AS newer"  # noqa: S608 - our own
    ' WHERE substr(newer."token", 1, 200) = substr(?, 1, 200) AND newer."token" = ?'
    f" AND ({_order('newer')}) > ({_order('subscriptions')}))"
)
_CAP: Final = (
    'DELETE FROM subscriptions WHERE "clientId" = ? AND "deviceId" NOT IN (SELECT "deviceId" FROM subscriptions'
    ' WHERE "clientId" = ? GROUP BY "deviceId" ORDER BY MAX("updated_at") DESC, "deviceId" LIMIT ?)'
    # What is written anew meanwhile is not what was found too old: PostgreSQL would take the new row for it.
    ' AND ("type", "deviceId", "updated_at") IN (SELECT "type", "deviceId", "updated_at" FROM subscriptions'
    ' WHERE "clientId" = ?)'
)


class Upsert:
    """Writes the columns where `key` finds no row, and over the row that it finds; () never finds one."""

    def __init__(self, key: tuple[str, ...], policy: Policy) -> None:
        self._moves = policy.same_token == "move"  # noqa: S105 - a policy
        self._cap = policy.device_cap
        self._competes = self._moves or bool(self._cap)
        self._into = f"INSERT INTO subscriptions ({names(COLUMNS)})"
        self._values = ", ".join(["?"] * (len(COLUMNS) - 1) + [_LATEST if self._competes else _NOW])
        self._or_over = _update_on_conflict(key)
        self.plain = f"{self._into} VALUES ({self._values}){self._or_over}"
        self._conditional: dict[str, str] = {}

    def under(self, condition: str) -> str:
        """The statement that writes nothing unless this holds; the condition's parameters come last."""
        if condition not in self._conditional:
            self._conditional[condition] = f"{self._into} SELECT {self._values} WHERE {condition}{self._or_over}"
        return self._conditional[condition]

    def stamped(self, values: Values) -> tuple[Parameter, ...]:
        """The parameters of the statement."""
        if not self._competes:
            return values
        *_, owner, token, now = values
        return (*values[:-1], owner, token, token, now, now)

    def after(self, values: Values) -> Iterator[tuple[str, *tuple[Parameter, ...]]]:
        """The statements that have to follow, each with its parameters."""
        *_, owner, token, _now = values
        if self._moves:
            yield _MOVE, token, token, token, token
        if self._cap:
            yield _CAP, owner, owner, self._cap, owner

    def indexes(self) -> list[str]:
        """The statements that make the indexes it wants."""
        index = 'CREATE INDEX IF NOT EXISTS subscriptions_token ON subscriptions (substr("token", 1, 200))'
        return [index] if self._competes else []


def _update_on_conflict(key: tuple[str, ...]) -> str:
    if not key:
        return ""
    changes = ", ".join(f'"{column}" = excluded."{column}"' for column in COLUMNS if column not in key)
    return f" ON CONFLICT ({names(key)}) DO UPDATE SET {changes}"


def names(columns: tuple[str, ...]) -> str:
    """The columns as a statement names them."""
    return ", ".join(f'"{column}"' for column in columns)
