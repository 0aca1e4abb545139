"""Gates decide the exit code, and one without data is unknown."""

from pathlib import Path

from tests.end_to_end.commands import pushfleet

LOAD = ("run", "--devices", 100, "--rate", 40, "--run-time", "2s", "--json")


def test_a_gate_that_is_not_met_is_violated_and_says_what_was_measured(tmp_path: Path) -> None:
    done = pushfleet(*LOAD, "--gate", "max(subscribe) < 1us", cwd=tmp_path)
    assert done.code == 1
    gate = next(gate for gate in done.summary["gates"] if gate["gate"] == "max(subscribe) < 1us")
    assert gate["verdict"] == "violated"
    assert gate["measured"] > 1


def test_a_gate_without_data_is_unknown(tmp_path: Path) -> None:
    done = pushfleet(*LOAD, "--gate", "p99(nothing) < 1s", cwd=tmp_path)
    assert (done.code, done.summary["verdict"]) == (2, "unknown")


def test_a_gate_that_is_met_passes(tmp_path: Path) -> None:
    done = pushfleet(*LOAD, "--gate", "p50(subscribe) < 60s", "--gate", "throughput > 1/s", cwd=tmp_path)
    assert done.code == 0, done.err
    assert {gate["verdict"] for gate in done.summary["gates"]} == {"pass"}


def test_people_who_were_due_and_never_begun_are_counted_and_meet_no_gate(tmp_path: Path) -> None:
    done = pushfleet(
        *("run", "--devices", 500, "--rate", 50_000, "--run-time", "1s", "--json"),
        *("--gate", "p99(subscribe) < 60s", "--scenario", "app_launch"),  # each of one operation
        cwd=tmp_path,
    )
    summary = done.summary
    assert (done.code, summary["verdict"]) == (2, "unknown"), done.err
    assert summary["throughput"]["not_sent"] > 1000
    assert summary["throughput"]["arrivals"] == summary["throughput"]["offered"] > 5000
    assert "could not send" in " ".join(summary["reasons"])
