"""Reading what a run left, whole or cut off."""

import fcntl
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from results.errors import CannotKnow
from results.journal.checksum import require_whole
from results.journal.record import RECORD
from results.journal.table import about, checked, records, said_sum
from results.journal.writer import OPEN

OPERATIONS: Final = "operations.parquet"
# What Arrow raises of bytes that make no sense, as names or as sizes too.
_UNREADABLE: Final = (pa.ArrowException, ValueError, KeyError, MemoryError)


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
    workers = [part.worker for _, part in read if part.worker >= 0]
    if twice := sorted({worker for worker in workers if workers.count(worker) > 1}):
        raise CannotKnow(
            f"{folder / 'journal'} holds the journal of worker {twice[0]} twice: remove what is not its own."
        )
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
    require_whole(path)
    try:
        table = pq.read_table(path)
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
    try:
        with path.open("rb") as file:
            return _read(file, path, run, closed=closed)
    except (*_UNREADABLE, _Cut) as error:
        if closed:
            raise CannotKnow(f"{path} is damaged: {error}. What it held cannot be judged.") from error
        return np.empty(0, RECORD), Part(-1, (), closed)  # killed before its first bytes were out: whose, nobody knows
    except OSError as error:
        raise CannotKnow(
            f"{path} cannot be read ({error.strerror or error}): what it held cannot be judged."
        ) from error


def _read(file: BinaryIO, path: Path, run: str, *, closed: bool) -> tuple[NDArray[np.void], Part]:
    with pa.ipc.open_stream(file) as stream:
        told = about(stream.schema, str(path))
        batches = list(_batches(stream, path, closed=closed))
    if not batches:
        raise _Cut("its first batch is not whole")  # which alone vouches for what the stream says of itself
    _same_run(path, told, run)
    worker, shards = told["worker"], told["shards"]
    if path.name.removesuffix(OPEN) != f"operations-{worker}.arrows":
        raise CannotKnow(
            f"{path} is the journal of worker {worker} under another name: it is there twice, or misplaced."
        )
    return np.concatenate(batches), Part(worker, tuple(shards), closed)


class _Cut(Exception):  # noqa: N818 - what happened to a file
    """A stream ends before its end."""


def _batches(stream: pa.ipc.RecordBatchStreamReader, path: Path, *, closed: bool) -> Iterator[NDArray[np.void]]:
    """Batches that are what was written; CannotKnow where one is not, _Cut where a closed stream has lost its end."""
    crc = said_sum(stream.schema)
    while True:
        try:
            batch, said = stream.read_next_batch_with_custom_metadata()
            rows = records(pa.Table.from_batches([batch]), str(path))
        except (StopIteration, OSError, *_UNREADABLE) as error:
            if closed:
                raise _Cut("its end is missing" if isinstance(error, StopIteration) else str(error)) from error
            return
        crc = zlib.crc32(rows.data, crc)
        last = said == checked(crc, last=True)
        if not last and said != checked(crc):
            raise CannotKnow(f"{path} is damaged: it is not what was written. What it held cannot be judged.")
        yield rows
        if last:
            return


def _same_run(path: Path, told: dict[str, Any], run: str) -> None:
    if told.get("run") != run:
        raise CannotKnow(f"{path} belongs to run {told.get('run')}, not to {run}: two runs are mixed in one folder.")
