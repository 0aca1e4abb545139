"""Reading histories of registers from Parquet files, part by part, so that memory is bounded by what is kept.

Columns: `register` (integer), `kind` (integer: 0 write, 1 delete, 2 read), `value` (integer; -1 = absent: every delete,
and a read that found nothing), `inv` and `ret` (integers: start and end, none beyond 2**62 on either side of 0; `ret` =
2**62: no known end), `ok` (bool; false: may have acted at any moment from `inv` to `ret`, or never; reads are always
ok). Other columns are ignored.
"""

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from results.checker.history import FEW, History
from results.checker.operation import ABSENT, BEFORE_EVERYTHING, NEVER, READ, WRITE
from results.errors import CannotKnow, UsageError
from results.shard import WHOLE, Shard

COLUMNS: Final = ("register", "kind", "value", "inv", "ret", "ok")
_ROWS: Final = 1 << 18  # at a time
_LEAST_VALUE: Final = -(2**60)  # below it the judge gives names of its own to values that are written again
_KEPT_AS: Final = {"kind": np.int8, "ok": np.bool_}  # the others as int64

Columns = dict[str, NDArray[Any]]


def read_history(path: Path, shard: Shard = WHOLE) -> History:
    """Read a history, or a shard of it; UsageError if it is none, CannotKnow if the file is empty.

    A shard of a history may have no operations.
    """
    try:
        file = pq.ParquetFile(path)
        if faults := list(_faults(file.schema_arrow)):
            raise _none(path, faults)
        columns, faults = _gathered(file, shard)
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist. Name a Parquet file.") from None
    except (OSError, pa.ArrowException) as error:
        said = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        raise UsageError(f"{path} cannot be read as Parquet: {said}. Name a Parquet file.") from None
    if faults:
        raise _none(path, faults)
    if not file.metadata.num_rows:
        raise CannotKnow(f"{path} holds no operations, and no data is no verdict. Record at least one operation.")
    return _sorted(columns)


def _none(path: Path, faults: list[str]) -> UsageError:
    return UsageError(
        f"{path} is no history of registers: {'; '.join(faults)}. It needs the columns {', '.join(COLUMNS)}, all "
        "integers but ok, which is boolean."
    )


def _faults(schema: pa.Schema) -> Iterator[str]:
    """What is wrong with the columns."""
    for name in COLUMNS:
        if (count := schema.names.count(name)) != 1:
            yield f"column {name} is missing" if not count else f"column {name} is there {count} times"
            continue
        kind = schema.field(name).type
        if not (pa.types.is_boolean(kind) if name == "ok" else pa.types.is_integer(kind)):
            yield f"column {name} is {kind}"


def _gathered(file: pq.ParquetFile, shard: Shard) -> tuple[Columns, list[str]]:
    """The columns of a shard, and what is wrong with rows of any: each would make the verdict mean nothing."""
    # Memory that is not written to costs nothing, so that room for all does no harm to a shard.
    room: Columns = {name: np.empty(file.metadata.num_rows, _KEPT_AS.get(name, np.int64)) for name in COLUMNS}
    faults: Counter[str] = Counter()
    rows = 0
    for batch in _batches(file):
        if found := _unreadable(batch):
            faults.update(found)
            continue
        columns = {name: batch.column(name).to_numpy(zero_copy_only=False) for name in COLUMNS}
        faults.update(_nonsense(columns))
        mine = shard.has(columns["register"]) if shard != WHOLE else slice(None)
        begin = rows
        for name, column in columns.items():
            kept = column[mine]
            rows = begin + len(kept)
            room[name][begin:rows] = kept
    return {name: column[:rows] for name, column in room.items()}, [
        what.format(count) for what, count in faults.items()
    ]


def _batches(file: pq.ParquetFile) -> Iterator[pa.RecordBatch]:
    for group in range(file.metadata.num_row_groups):  # of several at once Arrow would read all of the file ahead
        yield from file.iter_batches(_ROWS, row_groups=[group], columns=list(COLUMNS))


def _unreadable(batch: pa.RecordBatch) -> Counter[str]:
    """What cannot be made integers of, and how often it is there."""
    found: Counter[str] = Counter()
    for name in COLUMNS:
        column = batch.column(name)
        if column.null_count:
            found[f"column {name} has {{}} nulls"] += column.null_count
        elif pa.types.is_uint64(column.type) and (above := (column.to_numpy() > np.iinfo(np.int64).max).sum()):
            found[f"column {name} has {{}} integers above 2**63 - 1"] += int(above)
    return found


def _nonsense(columns: Columns) -> Counter[str]:
    kind = columns["kind"]
    value, inv, ret = (columns[name].astype(np.int64, copy=False) for name in ("value", "inv", "ret"))
    wrong = {
        "{} operations have a kind other than 0, 1 and 2": (kind < WRITE) | (kind > READ),
        "{} operations end before they begin": ret < inv,
        # Farther out stand the judge's own bounds, which no time may touch.
        "{} operations have a time beyond 2**62 or -2**62": (inv < BEFORE_EVERYTHING) | (ret > NEVER),
        "{} operations are reads that are not ok": (kind == READ) & ~columns["ok"],
        "{} operations write a negative value": (kind == WRITE) & (value <= ABSENT),
        "{} operations have a value below -2**60": value < _LEAST_VALUE,
    }
    return Counter({what: count for what, rows in wrong.items() if (count := int(np.count_nonzero(rows)))})


def _sorted(columns: Columns) -> History:
    """The history of these columns, which are taken apart."""
    register = columns.pop("register")
    if (register[1:] < register[:-1]).any():
        order = _order(register)
        register = _taken(register, order)
        for name in columns:  # one after the other, lest all of them be there twice
            columns[name] = _taken(columns[name], order)
        del order
    changes = np.flatnonzero(register[1:] != register[:-1]) + 1
    ends = [0, len(register)] if len(register) else [0]
    first = np.insert(np.array(ends, np.int64), 1, changes)
    return History(registers=register[first[:-1]], first=first, **columns)


def _taken(column: NDArray[Any], order: NDArray[np.signedinteger[Any]]) -> NDArray[Any]:
    """The column in this order; NumPy does not hold Python's lock meanwhile."""
    taken = np.empty_like(column)
    parts = os.cpu_count() or 1
    bounds = [len(order) * part // parts for part in range(parts + 1)]
    with ThreadPoolExecutor(parts) as threads:
        slices = [slice(begin, end) for begin, end in pairwise(bounds)]
        for done in [threads.submit(np.take, column, order[one], None, taken[one], "clip") for one in slices]:
            done.result()
    return taken


def _order(register: NDArray[np.int64]) -> NDArray[np.signedinteger[Any]]:
    """Positions that sort them; equal ones stay in order."""
    if len(register) < FEW:
        return np.argsort(register, kind="stable")
    from results.checker.kernel.grouping import in_order  # noqa: PLC0415 - numba takes its time to be imported

    return in_order(register)
