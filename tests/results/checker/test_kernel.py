"""The compiled kernel says exactly what the judge in Python and an exhaustive search say."""

import os
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from results.checker.history import History, HistoryVerdict, check_history
from results.checker.history_file import COLUMNS, read_history
from results.checker.kernel.screen import screened
from results.checker.kernel.zones import Columns
from results.checker.operation import ABSENT, DELETE, NEVER, READ, WRITE, Operation
from results.checker.register import Legality, judge_register
from results.shard import Shard
from tests.results.checker.exhaustive import linearizable, random_history

HISTORIES: Final = int(os.environ.get("PUSHFLEET_HISTORIES", "20000"))  # `make test-long` asks for more


def history_of(registers: Sequence[Sequence[Operation]]) -> History:
    """Registers 0, 1, 2, … with these operations."""
    columns = np.array([op[:5] for operations in registers for op in operations], np.int64).reshape(-1, 5).T
    return History(
        registers=np.arange(len(registers)),
        first=np.cumsum([0, *map(len, registers)]),
        kind=columns[0].astype(np.int8),
        value=columns[1].copy(),
        inv=columns[2].copy(),
        ret=columns[3].copy(),
        ok=columns[4].astype(np.bool_),
    )


def legal_by_kernel(registers: Sequence[Sequence[Operation]]) -> list[bool]:
    """What the kernel says of each of these."""
    whole = history_of(registers)
    ops = Columns(whole.kind, whole.value, whole.inv, whole.ret, whole.ok)
    legal: list[bool] = screened(whole.first, ops).tolist()
    return legal


@pytest.mark.parametrize(("seed", "span"), [(11, 8), (12, 14), (13, 25), (14, 60)])
def test_kernel_judge_and_exhaustive_search_agree(seed: int, span: int) -> None:
    rng = Random(seed)
    count = HISTORIES // 4
    registers = [random_history(rng, size=rng.randint(1, 10), span=span, rewrites=False) for _ in range(count)]
    legal = legal_by_kernel(registers)
    for operations, found in zip(registers, legal, strict=True):
        assert found == (judge_register(operations).legality is Legality.LEGAL) == linearizable(operations), operations
    assert 0.1 * count < sum(legal) < 0.9 * count


@pytest.mark.parametrize(("seed", "span"), [(15, 8), (16, 20), (17, 60)])
def test_the_kernel_is_sure_of_values_written_again_only_where_the_judge_is(seed: int, span: int) -> None:
    rng = Random(seed)
    count = HISTORIES // 4
    registers = [random_history(rng, size=rng.randint(3, 12), span=span, rewrites=True) for _ in range(count)]
    judged = [judge_register(operations).legality is Legality.LEGAL for operations in registers]
    legal = legal_by_kernel(registers)
    for operations, found, known in zip(registers, legal, judged, strict=True):
        assert known or not found, operations
    assert sum(legal) > 0.4 * sum(judged)  # or it would be of little use


@pytest.mark.parametrize("seed", [21, 22])
def test_long_registers_are_judged_as_short_ones_are(seed: int) -> None:
    rng = Random(seed)
    registers = [random_history(rng, size=rng.randint(20, 400), span=rng.choice([60, 4000]), rewrites=False)]
    registers += [mostly_right(rng, rng.randint(20, 400)) for _ in range(300)]
    legal = legal_by_kernel(registers)
    assert legal == [judge_register(operations).legality is Legality.LEGAL for operations in registers]
    assert 50 < sum(legal) < 250


def mostly_right(rng: Random, size: int) -> list[Operation]:
    """Overlapping operations around moments in order, each read of what the moments left; one in some is wrong."""
    operations: list[Operation] = []
    held = ABSENT
    for number in range(size):
        moment = 10 * number
        inv, ret = moment - rng.randrange(30), moment + rng.randrange(30)
        kind = rng.choices((WRITE, DELETE, READ), (4, 3, 5))[0]
        acts = kind == READ or rng.random() < 0.9
        ok = kind == READ or (acts and rng.random() < 0.8)
        if kind != READ and acts:
            held = number if kind == WRITE else ABSENT
        value = held if kind == READ else number if kind == WRITE else ABSENT
        operations.append(Operation(kind, value, inv, ret if ok else NEVER, ok, number))
    if rng.random() < 0.4:
        reads = [op.record for op in operations if op.kind == READ]
        writes = [op.value for op in operations if op.kind == WRITE]
        at = rng.choice(reads)
        operations[at] = operations[at]._replace(value=rng.choice([ABSENT, *writes]))
    rng.shuffle(operations)
    return operations


def test_a_large_history_is_judged_as_its_registers_are(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = Random(31)
    registers = [random_history(rng, size=rng.randint(1, 10), span=20, rewrites=True) for _ in range(2000)]
    in_python = check_history(history_of(registers))
    monkeypatch.setattr("results.checker.history.FEW", 0)
    assert check_history(history_of(registers)) == in_python
    assert in_python.illegal
    assert in_python.unknown


@pytest.mark.parametrize("spread", [1, 1_000_003])
@pytest.mark.parametrize("few", [0, 10**9])
def test_the_verdicts_on_all_shards_are_the_verdict_on_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spread: int, few: int
) -> None:
    monkeypatch.setattr("results.checker.history.FEW", few)
    monkeypatch.setattr("results.checker.history_file.FEW", few)
    monkeypatch.setattr("results.checker.history_file._ROWS", 500)
    rng = Random(41)
    registers = [random_history(rng, size=rng.randint(1, 10), span=20, rewrites=True) for _ in range(600)]
    rows = [(spread * number, *op[:5]) for number, operations in enumerate(registers) for op in operations]
    rng.shuffle(rows)
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    pq.write_table(pa.table(columns, names=list(COLUMNS)), tmp_path / "h.parquet", row_group_size=700)

    whole = check_history(read_history(tmp_path / "h.parquet"))
    shards = [check_history(read_history(tmp_path / "h.parquet", Shard(index, 4))) for index in (4, 1, 3, 2)]

    assert whole.registers == 600
    assert {number for number, operations in enumerate(registers) if judge_register(operations).violations} == {
        register // spread for register in whole.illegal
    }
    merged = HistoryVerdict.merged(shards)
    assert list(merged.illegal) == list(whole.illegal)
    assert merged.illegal.keys() == whole.illegal.keys()
    assert (merged.registers, merged.unknown, merged.verdict) == (600, whole.unknown, whole.verdict)
    assert all(0 < len(part.illegal) < len(whole.illegal) for part in shards)


def test_a_shard_may_be_empty(tmp_path: Path) -> None:
    table = pa.table([[3, 3], [0, 2], [1, 1], [0, 2], [1, 3], [True, True]], names=list(COLUMNS))
    pq.write_table(table, tmp_path / "h.parquet")
    found = [check_history(read_history(tmp_path / "h.parquet", Shard(index, 2))) for index in (1, 2)]
    assert [part.registers for part in found] == [0, 1]
    assert HistoryVerdict.merged(found).verdict == "pass"


def test_a_history_without_registers_has_none_that_are_legal() -> None:
    assert legal_by_kernel([]) == []
