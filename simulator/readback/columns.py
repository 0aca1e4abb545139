"""From what a query returns to subscriptions: the columns of every store are named the same way."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from simulator.errors import CannotKnow
from simulator.readback.source import Row

_NEEDED: Final = ("type", "deviceId", "token")
_OWNER: Final = "clientId"


def subscriptions(store: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[Row]:
    """The rows as subscriptions, by the names of their columns; CannotKnow if the query on `store` lacks a column.

    A name counts in any case, and first as it is written here: PostgreSQL makes deviceid of a deviceId without quotes.
    """
    places = {name.lower(): place for place, name in enumerate(names)}
    places |= {name: place for place, name in enumerate(names)}
    found = {name: places.get(name, places.get(name.lower(), -1)) for name in (*_NEEDED, _OWNER)}
    if missing := sorted(name for name in _NEEDED if found[name] < 0):
        raise CannotKnow(
            f"the query on {store} returns no column {' or '.join(missing)}: "
            "rename its columns with AS to type, deviceId, clientId and token."
        )
    kind, device, token, owner = found.values()
    for row in rows:
        client_id = None if owner < 0 or row[owner] is None else str(row[owner])
        yield Row(str(row[kind]), str(row[device]), client_id, str(row[token]))
