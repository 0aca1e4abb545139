"""Judging a run again rests on what the run itself left, and on nothing that has come in its place since."""

from pathlib import Path

import pytest

from locustfiles._judging import judge_run
from results.journal import Writer
from results.run import Run
from results.verdict import Verdict
from simulator.fleet import Fleet

REGISTER = 3 << 24 | 1
SUBSCRIBE = (0, 0, 0, 0, 200, -1, 0, 0, REGISTER, 1 << 20 | 1, REGISTER, 10, 20, 30)


@pytest.mark.parametrize("seed", [7, 8], ids=["the same again", "another"])
def test_a_fleet_that_took_the_place_of_the_runs_own_accuses_nobody(tmp_path: Path, seed: int) -> None:
    lived = Fleet.create(tmp_path / "lived", 20, 7)
    stands = Fleet.create(tmp_path / "stands", 20, seed)
    (tmp_path / "run" / "journal").mkdir(parents=True)
    with Writer(tmp_path / "run" / "journal", run="run", worker=0, shards=[0]) as journal:
        journal.append(*SUBSCRIBE)
    Run(
        id="run",
        started="2026-11-24T00:00:00+00:00",
        began=1,
        target="http://127.0.0.1:1",
        embedded=True,
        fleet=str(stands.directory),
        fleet_number=lived.number,
        run_number=1,
        devices=20,
        seed=7,
        model="open",
    ).write(tmp_path / "run")
    summary = judge_run(tmp_path / "run")
    assert summary.verdict is Verdict.UNKNOWN
    assert not any(summary.correctness.anomalies.values())
    assert ("is not the one that lived run run" in " ".join(summary.reasons)) is (seed != 7)
