from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from results.checker.history import HistoryVerdict, check_history
from results.checker.history_file import read_history
from results.checker.operation import NEVER
from results.errors import CannotKnow, ResultsError, UsageError

GOOD: dict[str, list[Any]] = {
    "register": [3, 1, 3, 1],
    "kind": [0, 0, 2, 2],
    "value": [1, 5, 1, -1],
    "inv": [0, 0, 4, 4],
    "ret": [1, NEVER, 5, 5],
    "ok": [True, False, True, True],
}


def saved(folder: Path, **changed: object) -> Path:
    columns = {name: value for name, value in {**GOOD, **changed}.items() if value is not None}
    pq.write_table(pa.table(columns), folder / "history.parquet")
    return folder / "history.parquet"


def test_a_file_that_mixes_registers_is_judged_register_by_register(tmp_path: Path) -> None:
    found = check_history(read_history(saved(tmp_path)))
    wrong = check_history(read_history(saved(tmp_path, value=[1, 5, 9, -1], other=[0, 0, 0, 0])))

    assert (found.verdict, found.registers, found.illegal, found.unknown) == ("pass", 2, {}, [])
    assert (wrong.verdict, wrong.registers, list(wrong.illegal)) == ("violated", 2, [3])


def test_a_register_that_nobody_can_judge_makes_the_verdict_unknown(tmp_path: Path) -> None:
    columns = {
        "register": [1, 1, 1, 1],
        "kind": [0, 0, 0, 2],
        "value": [1, 1, 2, 1],
        "inv": [0, 1, 4, 6],
        "ret": [NEVER, 2, 5, 7],
        "ok": [False, True, True, True],
    }
    found = check_history(read_history(saved(tmp_path, **columns)))

    assert (found.verdict, found.illegal, found.unknown) == ("unknown", {}, [1])


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"ok": None, "inv": None}, UsageError, "column inv is missing; column ok is missing"),
        ({"kind": ["0", "0", "2", "2"]}, UsageError, "column kind is string"),
        ({"ok": [1, 0, 1, 1]}, UsageError, "column ok is int64"),
        ({"inv": [0.0, 0.0, 4.0, 4.0]}, UsageError, "column inv is double"),
        ({"ret": [1, None, 5, 5]}, UsageError, "column ret has 1 nulls"),
        ({"kind": [0, 0, 2, 3]}, UsageError, "1 operations have a kind other than 0, 1 and 2"),
        ({"ret": [1, NEVER, 3, 5]}, UsageError, "1 operations end before they begin"),
        ({"ret": [1, NEVER, 5, NEVER + 1]}, UsageError, "1 operations have a time beyond 2**62 or -2**62"),
        ({"inv": [-(2**63), 0, 4, 4]}, UsageError, "1 operations have a time beyond 2**62 or -2**62"),
        ({"value": [1, 5, -(2**60) - 1, -1]}, UsageError, "1 operations have a value below -2**60"),
        ({"ok": [True, False, True, False]}, UsageError, "1 operations are reads that are not ok"),
        ({"value": [-1, 5, 1, -1]}, UsageError, "1 operations write a negative value"),
        ({"value": pa.array([2**64 - 1] * 4, pa.uint64())}, UsageError, "column value has 4 integers above 2**63 - 1"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(
    tmp_path: Path, changed: dict[str, object], error: type[ResultsError], words: str
) -> None:
    with pytest.raises(error, match=r"history\.parquet") as refused:
        read_history(saved(tmp_path, **changed))

    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_register_is_judged_alike_wherever_its_times_lie(tmp_path: Path) -> None:
    for begin in (-(2**62), 2**62 - 5):
        moved: dict[str, Any] = {
            "inv": [begin, begin, begin + 4, begin + 4],
            "ret": [begin + 1, NEVER, *[begin + 5] * 2],
        }
        found = check_history(read_history(saved(tmp_path, **moved)))
        wrong = check_history(read_history(saved(tmp_path, value=[1, 5, -1, -1], **moved)))

        assert (found.verdict, found.illegal) == ("pass", {})
        assert (wrong.verdict, list(wrong.illegal)) == ("violated", [3])


def test_no_registers_are_no_pass() -> None:
    assert (HistoryVerdict(0, {}, []).verdict, HistoryVerdict(1, {}, []).verdict) == ("unknown", "pass")


def test_an_empty_history_is_no_verdict(tmp_path: Path) -> None:
    types = {name: pa.bool_() if name == "ok" else pa.int64() for name in GOOD}
    path = saved(tmp_path, **{name: pa.array([], types[name]) for name in GOOD})

    with pytest.raises(CannotKnow, match="holds no operations"):
        read_history(path)


@pytest.mark.parametrize("content", [b"", b"register,kind\n1,2\n"])
def test_what_is_no_parquet_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "history.parquet"
    path.write_bytes(content)

    with pytest.raises(UsageError, match="cannot be read as Parquet"):
        read_history(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        read_history(tmp_path / "nothing.parquet")
    with pytest.raises(UsageError, match="cannot be read as Parquet"):
        read_history(tmp_path)
