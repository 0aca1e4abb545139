"""What a search leaves in its folder: capacity.json, capacity.md, report.html."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import orjson

from results.capacity import html, markdown
from results.capacity.outcome import Capacity
from results.reporters import write_whole


def as_json(capacity: Capacity) -> str:
    """Render the outcome for machines: schema 1."""
    return orjson.dumps(capacity.as_dict(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


# The machine's file first: should a later one fail, CI still has its figure.
_WRITERS: Final[dict[str, Callable[[Capacity], str]]] = {
    "capacity.json": as_json,
    "capacity.md": markdown.write,
    "report.html": html.write,
}


def write_reports(folder: Path, capacity: Capacity) -> dict[str, Path]:
    """Write every report into `folder`, each whole or not at all; return file name → path."""
    return {name: write_whole(folder / name, write(capacity)) for name, write in _WRITERS.items()}
