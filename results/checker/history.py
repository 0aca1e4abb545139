"""Histories of many registers in a Parquet file, and the exact check of every register in one.

Columns: `register` (integer), `kind` (integer: 0 write, 1 delete, 2 read), `value` (integer; -1 = absent: every delete,
and a read that found nothing), `inv` and `ret` (integers: start and end; `ret` = 2**62: no known end), `ok` (bool;
false: may have acted at any moment from `inv` to `ret`, or never; reads are always ok). Other columns are ignored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from results.checker.operation import ABSENT, READ, WRITE, Operation
from results.checker.register import Finding, Legality, judge_register
from results.errors import CannotKnow, UsageError
from results.verdict import Verdict

COLUMNS: Final = ("register", "kind", "value", "inv", "ret", "ok")


@dataclass(frozen=True, slots=True)
class History:
    """Operations sorted by register, one array a column; `first` holds where each register's operations begin."""

    registers: NDArray[np.int64]  # each register once, ascending
    first: NDArray[np.int64]
    kind: NDArray[np.int64]
    value: NDArray[np.int64]
    inv: NDArray[np.int64]
    ret: NDArray[np.int64]
    ok: NDArray[np.bool_]

    def __iter__(self) -> Iterator[tuple[int, Sequence[Operation]]]:
        """Each register with its operations; their `record` counts from 0 within the register."""
        bounds = pairwise([*self.first.tolist(), len(self.kind)])
        for register, (begin, end) in zip(self.registers.tolist(), bounds, strict=True):
            columns = (column[begin:end].tolist() for column in (self.kind, self.value, self.inv, self.ret, self.ok))
            yield register, list(map(Operation, *columns, range(end - begin)))


@dataclass(frozen=True, slots=True)
class HistoryVerdict:
    """What became of a history: the registers that are illegal, with the reason, and those that nobody can judge."""

    registers: int
    illegal: dict[int, Finding]
    unknown: list[int]

    @property
    def verdict(self) -> Verdict:
        """Violated if any register is illegal; unknown if any is open."""
        if self.illegal:
            return Verdict.VIOLATED
        return Verdict.UNKNOWN if self.unknown or not self.registers else Verdict.PASS


def check_history(history: History) -> HistoryVerdict:
    """Judge every register of a history by itself."""
    illegal, unknown = {}, []
    for register, operations in history:
        finding = judge_register(operations)
        if finding.legality is Legality.ILLEGAL:
            illegal[register] = finding
        elif finding.legality is Legality.OPEN:
            unknown.append(register)
    return HistoryVerdict(len(history.registers), illegal, unknown)


def read_history(path: Path) -> History:
    """Read a history; UsageError if it is none, CannotKnow if it is empty."""
    table = _read(path)
    if faults := list(_faults(table)):
        raise UsageError(
            f"{path} is no history of registers: {'; '.join(faults)}. It needs the columns {', '.join(COLUMNS)}, all "
            f"integers but ok, which is boolean."
        )
    columns = {name: table[name].to_numpy() for name in COLUMNS}
    if not table.num_rows:
        raise CannotKnow(f"{path} holds no operations, and no data is no verdict. Record at least one operation.")
    history = _sorted({name: column.astype(np.int64) for name, column in columns.items()})
    if faults := list(_nonsense(history)):
        raise UsageError(f"{path} is no history of registers: {'; '.join(faults)}. Correct these rows.")
    return history


def _read(path: Path) -> pa.Table:
    try:
        file = pq.ParquetFile(path)
        wanted = set(COLUMNS)
        return file.read(columns=[name for name in dict.fromkeys(file.schema_arrow.names) if name in wanted])
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist. Name a Parquet file.") from None
    except (OSError, pa.ArrowException) as error:
        said = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        raise UsageError(f"{path} cannot be read as Parquet: {said}. Name a Parquet file.") from None


def _faults(table: pa.Table) -> Iterator[str]:
    """What is wrong with the columns."""
    for name in COLUMNS:
        if (count := table.column_names.count(name)) != 1:
            yield f"column {name} is missing" if not count else f"column {name} is there {count} times"
            continue
        column = table[name]
        if not (pa.types.is_boolean(column.type) if name == "ok" else pa.types.is_integer(column.type)):
            yield f"column {name} is {column.type}"
        elif column.null_count:
            yield f"column {name} has {column.null_count} nulls"
        elif pa.types.is_uint64(column.type) and len(column) and (column.to_numpy() > np.iinfo(np.int64).max).any():
            yield f"column {name} has integers above 2**63 - 1"


def _nonsense(history: History) -> Iterator[str]:
    """What is wrong with the rows: each of these would make the verdict mean nothing."""
    for count, what in (
        (((history.kind < WRITE) | (history.kind > READ)).sum(), "have a kind other than 0, 1 and 2"),
        ((history.ret < history.inv).sum(), "end before they begin"),
        (((history.kind == READ) & ~history.ok).sum(), "are reads that are not ok"),
        (((history.kind == WRITE) & (history.value <= ABSENT)).sum(), "write a negative value"),
    ):
        if count:
            yield f"{count} operations {what}"


def _sorted(columns: dict[str, NDArray[np.int64]]) -> History:
    order = np.argsort(columns["register"], kind="stable")
    registers, first = np.unique(columns["register"][order], return_index=True)
    return History(
        registers=registers,
        first=first,
        ok=columns["ok"][order].astype(np.bool_),
        **{name: columns[name][order] for name in ("kind", "value", "inv", "ret")},
    )
