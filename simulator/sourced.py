"""Tables in TOML whose figures say where they are from: each has a source, or an assumption."""

from collections.abc import Collection, Iterator, Mapping
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
