"""Appending to the journal: the one thing results does while the load runs, so it is kept to a `pack`."""

import fcntl
import zlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from results.journal.record import PACK, RECORD
from results.journal.table import checked, columns, said_sum, schema

OPEN: Final = ".open"  # a stream whose worker has not closed it; a name outlives any kill


def _closed(_: bytes) -> None:
    raise ValueError("The journal is closed: a record would never be written.")


class Writer:
    """One worker's stream `operations-<worker>.arrows` in `folder`.

    `append` only packs into memory; call `flush` about once a second. `add` takes what PACK packed, without a call in
    between, and is to be looked up each time: `close` takes it away. Until `close` the file's name ends in `.open`:
    that is how a later reader knows a worker that died from one that finished. A stream that could not be written whole
    keeps that name too: what it lacks is as unknown as what a dead worker did.
    """

    def __init__(
        self, folder: Path, *, run: str, worker: int, shards: list[int], clock: str = "", mark: str = ""
    ) -> None:
        self._path = folder / f"operations-{worker}.arrows"
        self._file = open(self._path.with_name(self._path.name + OPEN), "xb", buffering=0)  # noqa: SIM115, PTH123 - held until close
        # Held until the process ends, however it ends: that is how a reader tells a dead worker from one still at work.
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._schema = schema({"run": run, "worker": worker, "shards": shards, "clock": clock, "mark": mark})
        self._stream = pa.ipc.new_stream(self._file, self._schema)
        self._sum = said_sum(self._schema)
        self._write(np.empty(0, RECORD))  # the schema goes out
        self._rows: list[bytes] = []  # since the last flush
        self.add: Callable[[bytes], None] = self._rows.append
        self._torn = False  # a write failed in its middle: nothing that comes after it can be read

    def append(self, *fields: Any) -> None:  # noqa: ANN401 - the record's fields, in its order
        """Add one record: the values of RECORD's fields, in their order."""
        self.add(PACK.pack(*fields))

    def flush(self) -> None:
        """Hand everything appended so far to the operating system; it survives a kill from here on.

        OSError, once, if that cannot be done: these records are lost, and with them all later ones.
        """
        if not self._rows:
            return
        rows = np.frombuffer(b"".join(self._rows), RECORD)
        self._rows.clear()
        if self._torn:
            return
        try:
            self._write(rows)
        except OSError:
            self._torn = True
            raise

    def _write(self, rows: NDArray[np.void], *, last: bool = False) -> None:
        """A batch, with the checksum of it and of all before it: Arrow's streams have none of their own."""
        self._sum = zlib.crc32(rows.data, self._sum)
        self._stream.write_batch(
            pa.record_batch(columns(rows), schema=self._schema), custom_metadata=checked(self._sum, last=last)
        )

    def close(self) -> None:
        """Flush, end the stream, and give the file its final name; OSError, and no final name, if that cannot be."""
        if self._file.closed:
            return
        try:
            self.flush()
            if not self._torn:
                self._write(np.empty(0, RECORD), last=True)
                self._stream.close()
        finally:
            self.add = _closed
            self._file.close()
        if self._torn:
            return
        self._path.with_name(self._path.name + OPEN).rename(self._path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
