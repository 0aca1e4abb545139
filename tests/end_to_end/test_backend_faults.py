"""A backend that is ended in mid-run, again and again, keeps what it has acknowledged: it is accused of nothing."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.commands import pushfleet

LOAD = ("--devices", 100, "--rate", 150, "--run-time", "8s", "--gate", "errors < 95%", "--json")


@pytest.mark.parametrize(
    ("fault", "more"),
    [("kill", ()), ("restart", ()), ("kill", ("--processes", 2)), ("kill", ("--backend-processes", 2))],
    ids=["kill", "restart", "workers", "processes"],
)
def test_a_correct_backend_passes_with_pushes_under_way(fault: str, more: tuple[object, ...], tmp_path: Path) -> None:
    asked = ("--backend-fault", f"{fault}=0.5s", "--readback", "push?share=0.5", "--seed", 3, *more)
    done = pushfleet("run", *LOAD, *asked, "--run-id", "r", cwd=tmp_path)
    assert (done.code, done.anomalies) == (0, set()), done.err
    run = json.loads((tmp_path / "results/runs/r/run.json").read_text())
    assert run["options"]["backend_fault"] == [f"{fault}=0.5s"]
    assert run["load"]["backend_faults"][fault] >= 1
    assert run["load"]["deaths"] == []
    assert done.summary["operations"]["fail"] > 0
