"""The statements that write a subscription, and what a policy wants done beside it.

Nearly always a slot is new or already its owner's. Over SQLite the first of two statements writes those, and leaves
alone the column of the client with its index, which SQLite would otherwise write anew for the same value, for nearly
half of all its work. Only where it finds another owner's slot, and changes nothing, the second one writes whatever it
finds.

A policy by which one subscription pushes out another needs to know the newest beyond doubt: under such a policy a
subscription's time is later than that of all that it competes with, by a millisecond if need be, and whatever is not
among the newest goes afterwards, whoever gets to it first.
"""

from collections.abc import Iterator
from typing import Final

from simulator.backend.database import Parameter
from simulator.backend.policy import Policy

SLOT: Final = ("type", "deviceId")
_OWNER: Final = "clientId"
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
    """Writes the columns where `key` finds no row, and over the row that it finds; () never finds one.

    With `spares_owner` an owner's own row is tried first.
    """

    def __init__(self, key: tuple[str, ...], policy: Policy, *, spares_owner: bool) -> None:
        self._moves = policy.same_token == "move"  # noqa: S105 - a policy
        self._cap = policy.device_cap
        self._competes = self._moves or bool(self._cap)
        self._into = f"INSERT INTO subscriptions ({names(COLUMNS)})"
        self._values = ", ".join(["?"] * (len(COLUMNS) - 1) + [_LATEST if self._competes else _NOW])
        self._or_over = _updates_on_conflict(key, spares_owner=spares_owner)
        self.plain = self._each(f"VALUES ({self._values})")
        self._conditional: dict[str, tuple[str, ...]] = {}

    def under(self, condition: str) -> tuple[str, ...]:
        """As `plain`, of which none writes unless this holds; the condition's parameters come last."""
        if condition not in self._conditional:
            self._conditional[condition] = self._each(f"SELECT {self._values} WHERE {condition}")
        return self._conditional[condition]

    def _each(self, source: str) -> tuple[str, ...]:
        """Statements to try until one changes a row; each is an upsert of its own."""
        return tuple(f"{self._into} {source}{or_over}" for or_over in self._or_over)

    def stamped(self, values: Values) -> tuple[Parameter, ...]:
        """The parameters of each statement."""
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


def _updates_on_conflict(key: tuple[str, ...], *, spares_owner: bool) -> tuple[str, ...]:
    if not key:
        return ("",)
    over_any = _update_on_conflict(key, key)
    if _OWNER in key or not spares_owner:
        return (over_any,)
    over_own = f'{_update_on_conflict(key, (*key, _OWNER))} WHERE subscriptions."{_OWNER}" = excluded."{_OWNER}"'
    return over_own, over_any


def _update_on_conflict(key: tuple[str, ...], kept: tuple[str, ...]) -> str:
    changes = ", ".join(f'"{column}" = excluded."{column}"' for column in COLUMNS if column not in kept)
    return f" ON CONFLICT ({names(key)}) DO UPDATE SET {changes}"


def names(columns: tuple[str, ...]) -> str:
    """The columns as a statement names them."""
    return ", ".join(f'"{column}"' for column in columns)
