"""Reading what a run left, whole or cut off."""

import fcntl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from results.errors import CannotKnow
from results.journal.record import RECORD
from results.journal.table import about, records
from results.journal.writer import OPEN

OPERATIONS: Final = "operations.parquet"


@dataclass(frozen=True, slots=True)
class Part:
    """One worker's share of the journal."""

    worker: int
    shards: tuple[int, ...]
    closed: bool  # False: the worker died, and up to its last second of operations is missing


@dataclass(frozen=True, slots=True)
class Journal:
    """All records of a run, in no particular order, and the parts they came from."""

    records: NDArray[np.void]
    parts: tuple[Part, ...]

    def lost(self, shards: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
        """Which of these shards had a worker that died: up to a second of their operations is missing."""
        dead = [part for part in self.parts if not part.closed]
        if any(not part.shards for part in dead):
            return np.ones(len(shards), np.bool_)
        return np.isin(shards, [shard for part in dead for shard in part.shards])


def load(folder: Path, run: str) -> Journal:
    """The operations of run `run` in its folder; CannotKnow when they are missing, damaged or of another run."""
    compacted = folder / "journal" / OPERATIONS
    if compacted.exists():
        return _parquet(compacted, run)
    streams = sorted((folder / "journal").glob("operations-*.arrows*"))
    if not streams:
        raise CannotKnow(f"{folder / 'journal'} holds no operations: the run ended before it recorded any.")
    read = [_stream(path, run) for path in streams]
    return Journal(np.concatenate([rows for rows, _ in read]), tuple(part for _, part in read))


def under_way(folder: Path) -> bool:
    """Whether a living worker still writes the journal of the run in `folder`."""
    return any(_is_held(stream) for stream in (folder / "journal").glob(f"*{OPEN}"))


def _is_held(stream: Path) -> bool:
    try:
        with stream.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:  # closed, and so renamed, a moment ago
        return False
    return False


def _parquet(path: Path, run: str) -> Journal:
    try:
        table = pq.read_table(path, page_checksum_verification=True)
    except (pa.ArrowException, OSError) as error:
        raise CannotKnow(f"{path} is damaged: {error}. What it held cannot be judged.") from error
    told = about(table.schema, str(path))
    _same_run(path, told, run)
    return Journal(records(table, str(path)), _parts(told, path))


def _parts(told: dict[str, Any], path: Path) -> tuple[Part, ...]:
    try:
        parts = tuple(
            Part(int(part["worker"]), tuple(part["shards"]), part["closed"] is True) for part in told["parts"]
        )
    except (KeyError, TypeError, ValueError):
        parts = ()
    if not parts:  # there is no file without: at least one worker wrote it
        raise CannotKnow(f"{path} is damaged: it does not say which workers wrote it. What it held cannot be judged.")
    return parts


def _stream(path: Path, run: str) -> tuple[NDArray[np.void], Part]:
    """The whole batches of a stream; a cut-off tail is left out when its worker had not closed it."""
    closed = not path.name.endswith(OPEN)
    batches: list[pa.RecordBatch] = []
    try:
        with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as stream:
            told = about(stream.schema, str(path))
            batches.extend(_batches(stream, path, closed=closed))
    except (pa.ArrowException, OSError) as error:
        if closed:
            raise CannotKnow(f"{path} is damaged: {error}. What it held cannot be judged.") from error
        return np.empty(0, RECORD), Part(-1, (), closed)  # killed before its first bytes were out: whose, nobody knows
    _same_run(path, told, run)
    rows = records(pa.Table.from_batches(batches, stream.schema), str(path))
    return rows, Part(told["worker"], tuple(told["shards"]), closed)


def _batches(stream: pa.ipc.RecordBatchStreamReader, path: Path, *, closed: bool) -> list[pa.RecordBatch]:
    found = []
    while True:
        try:
            found.append(stream.read_next_batch())
        except StopIteration:
            return found
        except (pa.ArrowException, OSError) as error:
            if closed:
                raise CannotKnow(f"{path} is damaged: {error}. What it held cannot be judged.") from error
            return found


def _same_run(path: Path, told: dict[str, Any], run: str) -> None:
    if told.get("run") != run:
        raise CannotKnow(f"{path} belongs to run {told.get('run')}, not to {run}: two runs are mixed in one folder.")
