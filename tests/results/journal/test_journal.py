"""The journal loses nothing it was handed, and says what it cannot know."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from results.errors import CannotKnow
from results.journal import Journal, Writer, compact, load, load_read_back, under_way, write_read_back
from results.journal.checksum import seal
from results.journal.record import RECORD

ROW = (0, 0, 0, 3, 200, -1, 0, 7, 1 << 24 | 1, 1 << 20 | 5, 1 << 24 | 1, 10, 20, 30)


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    (tmp_path / "journal").mkdir()
    return tmp_path


def writer(folder: Path, worker: int = 0, run: str = "r1") -> Writer:
    return Writer(folder / "journal", run=run, worker=worker, shards=[worker, worker + 2])


def rows(journal: Journal) -> list[tuple[int, ...]]:
    return sorted(tuple(int(field) for field in row) for row in journal.records)


def numbered(number: int) -> tuple[int, ...]:
    return (*ROW[:11], number, number + 1, number + 2)


def test_every_appended_record_is_read_back_field_by_field(run_folder: Path) -> None:
    with writer(run_folder) as journal:
        journal.append(*ROW)
    assert rows(load(run_folder, "r1")) == [ROW]


def test_many_records_of_one_flush_are_all_kept(run_folder: Path) -> None:
    with writer(run_folder) as journal:
        for number in range(70_000):
            journal.append(*numbered(number))
    assert sorted(load(run_folder, "r1").records["intended"].tolist()) == list(range(70_000))


def test_a_journal_that_is_still_written_is_known_and_left_alone(run_folder: Path) -> None:
    journal = writer(run_folder)
    journal.append(*ROW)
    journal.flush()
    assert under_way(run_folder)
    compact(run_folder, "r1", load(run_folder, "r1"))
    journal.append(*ROW)
    journal.close()
    assert not under_way(run_folder)
    assert rows(load(run_folder, "r1")) == [ROW, ROW]


def test_nothing_can_be_appended_to_a_closed_journal(run_folder: Path) -> None:
    journal = writer(run_folder)
    journal.close()
    with pytest.raises(ValueError, match="is closed"):
        journal.append(*ROW)


def test_a_worker_that_did_not_close_is_known_by_its_shards(run_folder: Path) -> None:
    dead = writer(run_folder, worker=1)
    dead.append(*numbered(1))
    dead.flush()
    dead.append(*numbered(2))  # never flushed: lost with the process
    with writer(run_folder, worker=0) as alive:
        alive.append(*numbered(3))
    journal = load(run_folder, "r1")
    assert rows(journal) == [numbered(1), numbered(3)]
    assert journal.lost(np.array([0, 1, 2, 3])).tolist() == [False, True, False, True]
    dead.close()


def test_a_stream_cut_in_mid_batch_keeps_its_whole_batches(run_folder: Path) -> None:
    dead = writer(run_folder)
    for number in (1, 2):
        dead.append(*numbered(number))
        dead.flush()
    dead.close()
    path = run_folder / "journal" / "operations-0.arrows"
    whole = path.read_bytes()
    path.unlink()
    kept = set()
    for length in range(0, len(whole), 7):
        (run_folder / "journal" / "operations-0.arrows.open").write_bytes(whole[:length])
        journal = load(run_folder, "r1")
        assert journal.lost(np.array([0])).all()
        kept.add(tuple(rows(journal)))
    assert kept == {(), (numbered(1),), (numbered(1), numbered(2))}


def test_a_stream_with_no_first_bytes_makes_every_shard_unknown(run_folder: Path) -> None:
    (run_folder / "journal" / "operations-0.arrows.open").write_bytes(b"")
    assert load(run_folder, "r1").lost(np.array([0, 9, 63])).all()


def test_a_closed_stream_that_is_damaged_is_refused(run_folder: Path) -> None:
    with writer(run_folder) as journal:
        journal.append(*ROW)
    path = run_folder / "journal" / "operations-0.arrows"
    path.write_bytes(b"\0" * 100)
    with pytest.raises(CannotKnow, match="damaged"):
        load(run_folder, "r1")


def test_two_runs_in_one_folder_are_refused(run_folder: Path) -> None:
    writer(run_folder, run="another").close()
    with pytest.raises(CannotKnow, match="two runs are mixed"):
        load(run_folder, "r1")


def test_no_journal_at_all_is_unknown_and_not_empty(run_folder: Path) -> None:
    with pytest.raises(CannotKnow, match="holds no operations"):
        load(run_folder, "r1")


def test_compaction_changes_nothing_that_is_read(run_folder: Path) -> None:
    dead = writer(run_folder, worker=1)
    dead.append(*numbered(1))
    dead.flush()
    with writer(run_folder, worker=0) as alive:
        alive.append(*numbered(3))
    dead._file.close()  # as the end of its process does
    before = load(run_folder, "r1")
    compact(run_folder, "r1", before)
    after = load(run_folder, "r1")
    assert rows(after) == rows(before)
    assert after.parts == before.parts
    left = sorted(path.name for path in (run_folder / "journal").iterdir())
    assert left == ["operations.parquet", "operations.parquet.crc32"]


def test_a_read_back_is_kept_and_belongs_to_its_run(run_folder: Path) -> None:
    kept: NDArray[np.void] = np.array([ROW], RECORD)
    write_read_back(run_folder, "r1", kept)
    assert load_read_back(run_folder, "r1").tolist() == [ROW]
    with pytest.raises(CannotKnow, match="belongs to run r1, not to r2"):
        load_read_back(run_folder, "r2")


def test_a_file_that_is_no_journal_is_refused_with_its_columns(run_folder: Path) -> None:
    path = run_folder / "journal" / "operations.parquet"
    pq.write_table(pa.table({"a": [1]}), path)
    seal(path)
    with pytest.raises(CannotKnow, match="its columns are a"):
        load(run_folder, "r1")


def damaged_table(folder: Path, **columns: pa.Array) -> Path:
    """The journal of one record, compacted, with other columns in place of its own."""
    with writer(folder) as journal:
        journal.append(*ROW)
    compact(folder, "r1", load(folder, "r1"))
    path = folder / "journal" / "operations.parquet"
    table = pq.read_table(path)
    for name, column in columns.items():
        table = table.set_column(table.schema.get_field_index(name), name, column)
    pq.write_table(table, path)
    seal(path)
    return path


def test_columns_of_other_types_or_with_nulls_are_refused(run_folder: Path) -> None:
    path = damaged_table(run_folder, value=pa.array(["5"]), done=pa.array([1.0]))
    with pytest.raises(CannotKnow, match="other types in value, done"):
        load(run_folder, "r1")
    path.unlink()
    damaged_table(run_folder, value=pa.array([None], pa.int64()))
    with pytest.raises(CannotKnow, match="nulls in value"):
        load(run_folder, "r1")


@pytest.mark.parametrize(
    "said",
    [
        *(b"", b"{", b"[]", b"5", b'{"schema":1,"run":"r1"}', b'{"schema":1,"run":"r1","parts":[]}'),
        *(b'{"schema":1,"run":"r1","parts":[{}]}', b'{"schema":1,"run":"r1","parts":"x"}'),
    ],
)
def test_a_file_that_talks_nonsense_of_itself_is_refused(run_folder: Path, said: bytes) -> None:
    path = damaged_table(run_folder)
    pq.write_table(pq.read_table(path).replace_schema_metadata({b"pushfleet": said}), path)
    seal(path)
    with pytest.raises(CannotKnow, match="is damaged"):
        load(run_folder, "r1")


class Full:
    """A disk that takes so many bytes more."""

    def __init__(self, file: object, room: int) -> None:
        self.file, self.room = file, room
        self.closed = False

    def write(self, data: object) -> int:
        size = memoryview(data).nbytes  # type: ignore[arg-type]
        if size > self.room:
            raise OSError(28, "No space left on device")
        self.room -= size
        return self.file.write(data)  # type: ignore[attr-defined,no-any-return]

    def close(self) -> None:
        self.closed = True
        self.file.close()  # type: ignore[attr-defined]


def fill(journal: Writer) -> None:
    """Write until something stops it."""
    for number in range(2, 50):
        journal.flush()
        journal.append(*numbered(number))


@pytest.mark.parametrize("room", [0, 700, 3000])
def test_a_full_disk_makes_the_rest_of_a_stream_unknown_and_never_a_proof(
    run_folder: Path, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = writer(run_folder)
    full = Full(journal._file, room)
    monkeypatch.setattr(journal, "_stream", pa.ipc.new_stream(pa.PythonFile(full, "w"), journal._schema))
    monkeypatch.setattr(journal, "_file", full)
    journal.append(*numbered(1))
    with pytest.raises(OSError, match="No space left"):
        fill(journal)
    full.room = 10**9
    journal.append(*numbered(99))
    journal.flush()  # too late: nothing after the hole could be read
    journal.close()
    assert [path.name for path in (run_folder / "journal").iterdir()] == ["operations-0.arrows.open"]
    assert load(run_folder, "r1").lost(np.array([0])).all()
