"""What stays of the journal after a run: one Parquet file of operations, one of read-backs."""

import os
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from results.errors import CannotKnow
from results.journal.checksum import require_whole, seal
from results.journal.reader import OPERATIONS, Journal, require_same_run, under_way
from results.journal.table import about, columns, records, schema

_ROWS: Final = 1 << 20  # of a row group


def compact(folder: Path, run: str, journal: Journal, mark: str = "") -> None:
    """Write `journal` as Parquet and remove the streams it was read from; a kill in between loses nothing.

    CannotKnow, and the streams stay, if there is no room. A stream that is still being written stays, and with it all
    the others.
    """
    target = folder / "journal" / OPERATIONS
    if target.exists() or under_way(folder):
        return
    _write(
        target, journal.records, schema({"run": run, "mark": mark, "parts": [asdict(part) for part in journal.parts]})
    )
    for stream in (folder / "journal").glob("operations-*.arrows*"):
        stream.unlink()


def read_back_path(folder: Path) -> Path:
    """Where a run's final read-back is kept."""
    return folder / "journal" / "readback.parquet"


def write_read_back(folder: Path, run: str, rows: NDArray[np.void], mark: str = "") -> None:
    """Keep the final read-back, so that the run can be judged again when the store is gone.

    Raises CannotKnow if it cannot be written.
    """
    _write(read_back_path(folder), rows, schema({"run": run, "mark": mark}))


def load_read_back(folder: Path, run: str, mark: str | None = None) -> NDArray[np.void]:
    """The final read-back that was kept; CannotKnow when it is damaged or of another run."""
    path = read_back_path(folder)
    require_whole(path)
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise CannotKnow(f"{path} is damaged: {error}. What it held cannot be judged.") from error
    require_same_run(path, about(table.schema, str(path)), run, mark)
    return records(table, str(path))


def _write(path: Path, rows: NDArray[np.void], table_schema: pa.Schema) -> None:
    draft = path.with_name(path.name + ".new")
    try:
        _write_draft(draft, rows, table_schema)
        seal(draft, sealed_as=path)  # first: a file without its checksum is not read
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise CannotKnow(
            f"{path} cannot be written ({os.strerror(error.errno) if error.errno else error}): make room, or make its "
            "folder writable, and judge again."
        ) from error


def _write_draft(draft: Path, rows: NDArray[np.void], table_schema: pa.Schema) -> None:
    with pq.ParquetWriter(draft, table_schema, compression="zstd") as file:
        for begin in range(0, len(rows), _ROWS) or [0]:  # of all at once there would be another copy
            file.write_table(pa.Table.from_arrays(columns(rows[begin : begin + _ROWS]), schema=table_schema))
