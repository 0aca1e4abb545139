"""A file that is lost, or another run's, in a run's folder: told in a sentence, unknown, and never a pass."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from locustfiles._correctness import PENDING
from locustfiles._judging import judge_part, judge_run
from results.errors import CannotKnow
from results.journal import Writer
from results.journal.checksum import seal
from results.run import Run
from results.shard import Shard
from results.verdict import Verdict
from tests.locustfiles.test_judging import CLOSED, DELIVERY, REGISTER, SUBSCRIBE, pushed_to


def told_of(folder: Path, *registers: int) -> Path:
    """Registers that an earlier run had left open, as the run in `folder` was told of them."""
    path = folder / "journal" / PENDING
    np.save(path, np.array(registers, np.uint64))
    run = Run.read(folder)
    run.pending = seal(path)
    run.write(folder)
    return path


def another_runs(path: Path) -> None:
    np.save(path, np.array([], np.uint64))
    seal(path)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (
            lambda path: path.write_bytes(path.read_bytes()[:-1] + b"\7"),
            "{path} is damaged: it is not what was written.",
        ),
        (Path.unlink, "{path} is no file, so what stood there is lost and cannot be judged."),
        (another_runs, "{path} is another run's: restore this run's own files, and judge again."),
    ],
    ids=["damaged", "deleted", "another run's"],
)
def test_what_earlier_runs_left_open_is_not_guessed_at(
    tmp_path: Path, damage: Callable[[Path], object], told: str
) -> None:
    folder = pushed_to(tmp_path, SUBSCRIBE, DELIVERY, CLOSED)
    path = told_of(folder, REGISTER)
    assert judge_run(folder).verdict is Verdict.PASS
    damage(path)
    summary = judge_run(folder)
    assert (summary.verdict, summary.correctness.registers["judged"]) == (Verdict.UNKNOWN, 0)
    assert summary.reasons[0].startswith(told.format(path=path))


def test_what_earlier_runs_left_open_is_not_taken_from_another_run(tmp_path: Path) -> None:
    folder = pushed_to(tmp_path, SUBSCRIBE, DELIVERY, CLOSED)
    another_runs(path := folder / "journal" / PENDING)
    assert judge_run(folder).reasons[0] == f"{path} is another run's: restore this run's own files, and judge again."


ADDED, SWAPPED = "operations-1.arrows", "operations-0.arrows"


@pytest.mark.parametrize("name", [ADDED, SWAPPED])
def test_a_journal_of_another_run_with_the_same_id_makes_a_run_unknown(tmp_path: Path, name: str) -> None:
    folder = pushed_to(tmp_path / "one", SUBSCRIBE, DELIVERY, CLOSED, mark="a1", workers=2 if name == ADDED else 1)
    other = tmp_path / "other"
    other.mkdir()
    Writer(other, run="run", worker=int(name == ADDED), shards=[1], mark="b2").close()
    path = shutil.copy(other / name, folder / "journal" / name)
    told = (
        f"{path} belongs to another run than this folder's, although that is called run too: remove what is not its "
        "own, and judge again."
    )
    summary = judge_run(folder)
    assert (summary.verdict, summary.operations.total, summary.reasons[0]) == (Verdict.UNKNOWN, 0, told)
    with pytest.raises(CannotKnow, match="belongs to another run than this folder's"):
        judge_part(folder, Shard(1, 1))


@pytest.mark.parametrize("name", ["operations.parquet", "readback.parquet"])
def test_what_was_kept_of_another_run_with_the_same_id_makes_a_run_unknown(tmp_path: Path, name: str) -> None:
    folder = pushed_to(tmp_path / "one", SUBSCRIBE, DELIVERY, CLOSED, mark="a1")
    other = pushed_to(tmp_path / "other", SUBSCRIBE, DELIVERY, CLOSED, mark="b2")
    assert [judge_run(each).verdict for each in (folder, other)] == [Verdict.PASS, Verdict.PASS]
    for each in (name, f"{name}.crc32"):
        shutil.copy(other / "journal" / each, folder / "journal" / each)
    summary = judge_run(folder)
    assert (summary.verdict, summary.correctness.registers["judged"]) == (Verdict.UNKNOWN, 0)
    assert summary.reasons[0].startswith(f"{folder / 'journal' / name} belongs to another run than this folder's")


def test_more_workers_than_a_run_had_make_it_unknown(tmp_path: Path) -> None:
    folder = pushed_to(tmp_path, SUBSCRIBE, DELIVERY, CLOSED)
    Writer(folder / "journal", run="run", worker=1, shards=[1]).close()
    assert judge_run(folder).reasons[0] == (
        "There are journals of 2 workers, and the run had 1: remove what is not its own, and judge again."
    )
