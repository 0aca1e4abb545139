"""Reading what a run left, whole or cut off."""

import fcntl
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

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
_ROWS: Final = 1 << 18  # at a time
# What Arrow raises of bytes that make no sense, as names or as sizes too.
_UNREADABLE: Final = (pa.ArrowException, ValueError, KeyError, MemoryError)


@dataclass(frozen=True, slots=True)
class Part:
    """One worker's share of the journal."""

    worker: int
    shards: tuple[int, ...]
    closed: bool  # False: the worker died, and up to its last second of operations is missing
    dated: bool = True  # False: nobody knows how its clock goes, and its records are left out


Mend = Callable[[NDArray[np.void]], NDArray[np.void]]
# Brings the records of a worker (its number, and which clock it read) onto the run's clock; None: nobody can.
OnClock = Callable[[int, str], Mend | None]


def _as_it_is(_worker: int, _clock: str) -> Mend:
    return lambda records: records


@dataclass(frozen=True, slots=True)
class Journal:
    """All records of a run, in no particular order, and the parts they came from."""

    records: NDArray[np.void]
    parts: tuple[Part, ...]

    def batches(self) -> Iterator[NDArray[np.void]]:
        """The records in pieces, without a copy."""
        for begin in range(0, len(self.records), _ROWS):
            yield self.records[begin : begin + _ROWS]

    def lost(self, shards: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
        """Which of these shards had a worker that died: up to a second of their operations is missing."""
        dead = [part for part in self.parts if not part.closed]
        if any(not part.shards for part in dead):
            return np.ones(len(shards), np.bool_)
        return np.isin(shards, [shard for part in dead for shard in part.shards])


@dataclass(frozen=True, slots=True)
class Source:
    """A run's operations where they lie: read batch by batch, so that memory is bounded by what is kept of them."""

    parts: tuple[Part, ...]
    at_most: int  # records
    batches: Callable[[], Iterator[NDArray[np.void]]]  # CannotKnow where what lies there is not what was written

    def load(self) -> Journal:
        """All of them."""
        room, count = np.empty(self.at_most, RECORD), 0  # memory that is not written to costs nothing
        for batch in self.batches():
            room[count : count + len(batch)] = batch
            count += len(batch)
        return Journal(room[:count], self.parts)


def load(folder: Path, run: str, on_clock: OnClock = _as_it_is, mark: str | None = None) -> Journal:
    """The operations of run `run` in its folder; CannotKnow when they are missing, damaged or of another run."""
    return source(folder, run, on_clock, mark).load()


def source(folder: Path, run: str, on_clock: OnClock = _as_it_is, mark: str | None = None) -> Source:
    """Where they lie, to be read as often as is needed; CannotKnow when they are missing, damaged or of another run.

    What was compacted is on the run's clock already, see `OnClock`. `mark` is the run's own, for ids are given twice.
    """
    compacted = folder / "journal" / OPERATIONS
    if compacted.exists():
        return _parquet(compacted, run, mark)
    streams = sorted((folder / "journal").glob("operations-*.arrows*"))
    if not streams:
        raise CannotKnow(f"{folder / 'journal'} holds no operations: the run ended before it recorded any.")
    told = [_part(path, run, on_clock, mark) for path in streams]
    workers = [part.worker for part, _ in told if part.worker >= 0]
    if twice := sorted({worker for worker in workers if workers.count(worker) > 1}):
        raise CannotKnow(
            f"{folder / 'journal'} holds the journal of worker {twice[0]} twice: remove what is not its own."
        )
    at_most = sum(path.stat().st_size for path in streams) // RECORD.itemsize
    dated = [(path, mend) for path, (_, mend) in zip(streams, told, strict=True) if mend is not None]
    return Source(
        tuple(part for part, _ in told),
        at_most,
        lambda: chain.from_iterable(map(mend, _stream(path)) for path, mend in dated),
    )


def under_way(folder: Path) -> bool:
    """Whether a living worker still writes the journal of the run in `folder`."""
    return any(_is_held(stream) for stream in (folder / "journal").glob(f"*{OPEN}"))


def _is_held(stream: Path) -> bool:
    try:
        with stream.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # closed, and so renamed, a moment ago; or nothing that a worker writes, which `source` will tell
        return False
    return False


def _parquet(path: Path, run: str, mark: str | None) -> Source:
    require_whole(path)
    try:
        file = pq.ParquetFile(path)
    except (OSError, *_UNREADABLE) as error:
        raise CannotKnow(f"{path} is damaged: {error}. What it held cannot be judged.") from error
    told = about(file.schema_arrow, str(path))
    require_same_run(path, told, run, mark)

    def batches() -> Iterator[NDArray[np.void]]:
        for group in range(file.metadata.num_row_groups):  # of several at once Arrow would read all of the file ahead
            for batch in file.iter_batches(_ROWS, row_groups=[group]):
                yield records(pa.Table.from_batches([batch]), str(path))

    return Source(_parts(told, path), file.metadata.num_rows, batches)


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


def _part(path: Path, run: str, on_clock: OnClock, mark: str | None) -> tuple[Part, Mend | None]:
    """Whose a stream is, by its first batch: that alone vouches for what the stream says of itself."""
    closed = not path.name.endswith(OPEN)
    with _opened(path) as stream:
        if stream is None or next(_batches(stream, path, closed=closed), None) is None:
            return Part(-1, (), closed), None  # killed before its first bytes were out: whose, nobody knows
        told = about(stream.schema, str(path))
    require_same_run(path, told, run, mark)
    worker = told["worker"]
    if path.name.removesuffix(OPEN) != f"operations-{worker}.arrows":
        raise CannotKnow(
            f"{path} is the journal of worker {worker} under another name: it is there twice, or misplaced."
        )
    mend = on_clock(worker, told.get("clock", ""))
    dated = mend is not None
    return Part(worker, tuple(told["shards"]), closed and dated, dated), mend


def _stream(path: Path) -> Iterator[NDArray[np.void]]:
    """The whole batches of a stream; a cut-off tail is left out when its worker had not closed it."""
    with _opened(path) as stream:
        if stream is not None:
            yield from _batches(stream, path, closed=not path.name.endswith(OPEN))


@contextmanager
def _opened(path: Path) -> Iterator[pa.ipc.RecordBatchStreamReader | None]:
    """The stream; None where a worker was killed before it had begun it. CannotKnow if it cannot be read."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise CannotKnow(f"{path} cannot be read ({error.strerror}): what it held cannot be judged.") from error
    with file:
        try:
            stream = pa.ipc.open_stream(file)
        except (OSError, *_UNREADABLE) as error:
            if not path.name.endswith(OPEN):
                raise _damaged(path, error) from error
            stream = None
        yield stream


def _damaged(path: Path, how: object) -> CannotKnow:
    return CannotKnow(f"{path} is damaged: {str(how).rstrip('.')}. What it held cannot be judged.")


def _batches(stream: pa.ipc.RecordBatchStreamReader, path: Path, *, closed: bool) -> Iterator[NDArray[np.void]]:
    """Batches that are what was written; CannotKnow where one is not, or where a closed stream has lost its end."""
    crc = said_sum(stream.schema)
    while True:
        try:
            batch, said = stream.read_next_batch_with_custom_metadata()
            rows = records(pa.Table.from_batches([batch]), str(path))
        except (StopIteration, OSError, *_UNREADABLE) as error:
            if closed:
                raise _damaged(path, "its end is missing" if isinstance(error, StopIteration) else error) from error
            return
        crc = zlib.crc32(rows.data, crc)
        last = said == checked(crc, last=True)
        if not last and said != checked(crc):
            raise _damaged(path, "it is not what was written")
        yield rows
        if last:
            return


def require_same_run(path: Path, told: dict[str, Any], run: str, mark: str | None) -> None:
    """CannotKnow unless what a file tells of itself is what the run does; a `mark` of None is not compared."""
    if told.get("run") != run:
        raise CannotKnow(f"{path} belongs to run {told.get('run')}, not to {run}: two runs are mixed in one folder.")
    if mark is not None and told.get("mark", "") != mark:
        raise CannotKnow(
            f"{path} belongs to another run than this folder's, although that is called {run} too: remove what is not "
            "its own, and judge again."
        )
