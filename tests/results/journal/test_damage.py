"""Whatever befalls a journal's files, what is read of it is what was written, or it is told that nobody can know."""

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from results.errors import CannotKnow
from results.journal import Journal, Writer, compact, load, load_read_back, under_way, write_read_back
from results.journal.record import RECORD

FLIPS = 1500
CLOSED, OPEN = "operations-0.arrows", "operations-1.arrows.open"


def records(first: int, count: int) -> list[tuple[int, ...]]:
    rng = Random(first)
    return [
        (0, 0, 0, 3, 200, -1, 0, rng.randrange(50), rng.randrange(2**40), rng.randrange(2**40), 7, n, n + 1, n + 2)
        for n in range(first, first + count)
    ]


def written(folder: Path, *, compacted: bool = False) -> Path:
    """A run's folder with the streams of a worker that closed its own and of one that was killed."""
    (folder / "journal").mkdir(parents=True)
    with Writer(folder / "journal", run="r1", worker=0, shards=[0, 2]) as journal:
        for batch in range(3):
            for record in records(100 * batch, 40):
                journal.append(*record)
            journal.flush()
    killed = Writer(folder / "journal", run="r1", worker=1, shards=[1, 3])
    for batch in range(3, 5):
        for record in records(100 * batch, 40):
            killed.append(*record)
        killed.flush()
    killed._file.close()  # as the end of its process does
    if compacted:
        compact(folder, "r1", load(folder, "r1"))
    return folder


def of_worker(journal: Journal, worker: int) -> list[tuple[int, ...]]:
    mine = (journal.records["intended"] < 300) == (worker == 0)
    return sorted(tuple(int(field) for field in row) for row in journal.records[mine])


def spoiled(rng: Random, whole: bytes) -> bytes:
    """The file after an accident: some flipped bits, a cut, a hole, a piece of it twice."""
    at = rng.randrange(len(whole))
    end = min(len(whole), at + rng.choice((1, 8, 64, 700)))
    kind = rng.randrange(5)
    if kind < 2:
        return whole[:at] + bytes([whole[at] ^ (1 << rng.randrange(8) if kind else 0xFF)]) + whole[at + 1 :]
    return {2: whole[:at], 3: whole[:at] + bytes(end - at) + whole[end:], 4: whole[:end] + whole[at:]}[kind]


@pytest.mark.parametrize("name", [CLOSED, OPEN])
def test_a_stream_that_was_flipped_or_cut_is_read_as_it_was_or_told(tmp_path: Path, name: str) -> None:
    path, rng = written(tmp_path / "run") / "journal" / name, Random(name)
    before, whole = load(tmp_path / "run", "r1"), path.read_bytes()
    worker = int(name == OPEN)
    read = 0
    for _ in range(FLIPS):
        path.write_bytes(spoiled(rng, whole))
        try:
            after = load(tmp_path / "run", "r1")
        except CannotKnow:
            continue
        read += 1
        assert of_worker(after, 1 - worker) == of_worker(before, 1 - worker)
        if name == CLOSED:  # then nothing that counts was touched
            assert (of_worker(after, 0), after.parts) == (of_worker(before, 0), before.parts)
            continue
        kept = of_worker(after, 1)  # whole batches from the beginning, and its people's registers are in no known state
        assert kept in [[row for row in of_worker(before, 1) if row[11] < end] for end in (0, 400, 500)]
        assert after.lost(np.array([1, 3])).all()
    assert read > 50  # what a kill may leave can be read, and so can padding that was flipped


def test_a_compacted_journal_that_was_flipped_or_cut_is_refused(tmp_path: Path) -> None:
    path, rng = written(tmp_path / "run", compacted=True) / "journal" / "operations.parquet", Random(3)
    whole = path.read_bytes()
    for at in range(0, len(whole), 1000):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        with pytest.raises(CannotKnow, match="is damaged"):
            load(tmp_path / "run", "r1")
    for _ in range(FLIPS):
        path.write_bytes(after := spoiled(rng, whole))
        if after == whole:
            continue
        with pytest.raises(CannotKnow, match="is damaged"):
            load(tmp_path / "run", "r1")


def test_a_read_back_that_was_flipped_or_cut_is_refused(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    kept: NDArray[np.void] = np.array(records(0, 300), RECORD)
    write_read_back(tmp_path, "r1", kept)
    path, rng = tmp_path / "journal" / "readback.parquet", Random(4)
    whole = path.read_bytes()
    for _ in range(FLIPS):
        path.write_bytes(after := spoiled(rng, whole))
        if after == whole:
            continue
        with pytest.raises(CannotKnow, match="is damaged"):
            load_read_back(tmp_path, "r1")


def a_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "a closed stream without its last batch": (
        CLOSED,
        lambda path: path.write_bytes(path.read_bytes()[:-9]),
        "damaged",
    ),
    "an empty file": (CLOSED, lambda path: path.write_bytes(b""), "damaged"),
    "a directory in place of a file": (CLOSED, a_directory, "cannot be read"),
    "a directory in place of a killed worker's": (OPEN, a_directory, "cannot be read"),
    "a directory in place of a worker's that is still at work": (
        OPEN,
        lambda path: path.with_name("operations-2.arrows.open").mkdir(),
        "cannot be read",
    ),
    "a stream that is there twice": (
        CLOSED,
        lambda path: shutil.copy(path, path.with_name("operations-7.arrows")),
        "twice",
    ),
    "a stream that is open and closed": (CLOSED, lambda path: shutil.copy(path, f"{path}.open"), "twice"),
    "a stream of another name": (
        CLOSED,
        lambda path: path.rename(path.with_name("operations-7.arrows")),
        "another name",
    ),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_damage_is_told_in_a_sentence(tmp_path: Path, what: str) -> None:
    name, damage, told = DAMAGES[what]
    damage(written(tmp_path / "run") / "journal" / name)
    with pytest.raises(CannotKnow, match=told) as error:
        load(tmp_path / "run", "r1")
    assert str(error.value).endswith((".", "judge again."))


def test_a_compacted_journal_needs_its_checksum(tmp_path: Path) -> None:
    folder = written(tmp_path / "run", compacted=True) / "journal"
    (folder / "operations.parquet.crc32").unlink()
    with pytest.raises(CannotKnow, match=r"operations\.parquet\.crc32 is missing"):
        load(tmp_path / "run", "r1")


def test_a_directory_in_place_of_a_compacted_journal_is_no_journal(tmp_path: Path) -> None:
    folder = written(tmp_path / "run", compacted=True) / "journal"
    a_directory(folder / "operations.parquet")
    with pytest.raises(CannotKnow, match="is no file"):
        load(tmp_path / "run", "r1")


def test_a_directory_is_no_worker_at_work(tmp_path: Path) -> None:
    folder = written(tmp_path / "run")
    (folder / "journal" / "operations-2.arrows.open").mkdir()
    assert not under_way(folder)


def test_what_cannot_be_written_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    folder = written(tmp_path / "run")
    before = load(folder, "r1")
    (folder / "journal" / "operations.parquet.new").mkdir()
    with pytest.raises(CannotKnow, match=r"operations\.parquet cannot be written \(Is a directory\): make room"):
        compact(folder, "r1", before)
    assert of_worker(load(folder, "r1"), 0) == of_worker(before, 0)
    (folder / "journal" / "readback.parquet.new").mkdir()
    with pytest.raises(CannotKnow, match=r"readback\.parquet cannot be written"):
        write_read_back(folder, "r1", before.records)
