"""Records as Arrow tables and back: the columns are the record's fields, nothing nullable."""

import json
import zlib
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from results.errors import CannotKnow
from results.journal.record import RECORD, SCHEMA

FIELDS: Final = tuple(RECORD.names or ())
_KEY: Final = b"pushfleet"


def schema(about: dict[str, Any]) -> pa.Schema:
    """The journal's Arrow schema, with `about` (JSON) in its metadata."""
    fields = [pa.field(name, pa.from_numpy_dtype(RECORD[name]), nullable=False) for name in FIELDS]
    return pa.schema(fields, metadata={_KEY: json.dumps({"schema": SCHEMA, **about}).encode()})


def said_sum(table_schema: pa.Schema) -> int:
    """The checksum of what the metadata says, with which that of the batches begins."""
    return zlib.crc32((table_schema.metadata or {}).get(_KEY, b""))


def checked(crc: int, *, last: bool = False) -> dict[bytes, bytes]:
    """A batch's metadata: the checksum of everything up to its end, and whether the stream is whole with it."""
    return {_KEY: f"{crc:08x}{' last' if last else ''}".encode()}


def about(table_schema: pa.Schema, where: str) -> dict[str, Any]:
    """What the file's metadata says, at least schema and run; CannotKnow when it is not a journal of ours."""
    said = (table_schema.metadata or {}).get(_KEY)
    if said is None or set(table_schema.names) != set(FIELDS):
        raise CannotKnow(
            f"{where} is not part of a journal: its columns are {', '.join(table_schema.names) or 'none'}."
        )
    if wrong := [name for name in FIELDS if table_schema.field(name).type != pa.from_numpy_dtype(RECORD[name])]:
        raise CannotKnow(f"{where} is not part of a journal: it has other types in {', '.join(wrong)}.")
    try:
        told = json.loads(said)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise CannotKnow(f"{where} is damaged: what it says of itself is no JSON object. What it held is lost.")
    if told.get("schema") != SCHEMA:
        raise CannotKnow(f"{where} is a journal of schema {told.get('schema')}; this version reads schema {SCHEMA}.")
    return told


def columns(records: NDArray[np.void]) -> list[pa.Array]:
    """One Arrow array a field, copied out of the records."""
    return [pa.array(np.ascontiguousarray(records[name])) for name in FIELDS]


def records(table: pa.Table, where: str) -> NDArray[np.void]:
    """The table's rows as one structured array of RECORD; CannotKnow where a field is null, as none of ours is."""
    if holes := [name for name in FIELDS if table.column(name).null_count]:
        raise CannotKnow(f"{where} is damaged: there are nulls in {', '.join(holes)}. What it held cannot be judged.")
    found = np.empty(table.num_rows, RECORD)
    for name in FIELDS:
        found[name] = table.column(name).to_numpy()
    return found
