"""A run that pushes while it loads: deliveries are reads, and what a closed push did not reach is one too."""

from pathlib import Path

from tests.end_to_end.commands import pushfleet

LOAD = ("--devices", 200, "--rate", 50, "--run-time", "6s", "--seed", 3, "--json")


def test_pushes_during_the_load_are_closed_and_judged(tmp_path: Path) -> None:
    run = pushfleet("run", *LOAD, "--readback", "push?share=0.5", cwd=tmp_path)
    assert (run.code, run.anomalies) == (0, set()), run.err
    coverage = run.summary["correctness"]["coverage"]
    assert coverage["closed_pushes"] > 20
    assert coverage["deliveries"] > 20
    assert run.summary["operations"]["by_kind"]["push"]["ok"] >= coverage["closed_pushes"]


def test_a_scenario_pushes_and_waits_for_what_arrives(tmp_path: Path) -> None:
    asked = ("--scenario", "push_arrives", "--scenario", "token_rotation", "--readback", "push")
    run = pushfleet("run", *LOAD, *asked, cwd=tmp_path)
    assert (run.code, run.anomalies) == (0, set()), run.err
    assert run.summary["correctness"]["coverage"]["closed_pushes"] > 20
