"""Tables in TOML whose figures say where they are from: each has a source, or an assumption."""

from collections.abc import Collection, Iterator, Mapping
from math import isclose
from typing import Any, Final

WHOSE: Final = ("source", "assumption")


def unknown(where: str, table: Mapping[str, Any], known: Collection[str]) -> Iterator[str]:
    """A sentence for each key of the table that is not known."""
    for key in table:
        if key not in known:
            yield f"{where}{key} is no key of it: choose from {', '.join(known)}."


def unsourced(where: str, table: Mapping[str, Any]) -> Iterator[str]:
    """A sentence, if the table does not say where its figures are from."""
    if len([key for key in WHOSE if isinstance(table.get(key), str)]) != 1:
        yield f"{where}: say where its figures are from, as source, or why they are assumed, as assumption."


def misshared(where: str, tables: Mapping[str, Any], keys: Collection[str] = ("share",)) -> Iterator[str]:
    """A sentence for each thing that is wrong with tables that each have a share of one whole, and other `keys`."""
    total, sound = 0.0, bool(tables)
    for name, table in tables.items():
        here = f"{where}.{name}"
        if not isinstance(table, dict):
            yield f"{here} is no table: write [{here}] and its {' and '.join(keys)} below."
            sound = False
            continue
        yield from unknown(f"{here}: ", table, (*keys, *WHOSE))
        yield from unsourced(here, table)
        share = table.get("share")
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
            yield f"{here}: share = {share!r} is no share: give more than 0, to 1."
            sound = False
        else:
            total += share
    if sound and not isclose(total, 1):
        yield f"{where}: the shares add up to {total:g}: make that 1."
