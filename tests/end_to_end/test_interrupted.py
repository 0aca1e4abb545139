"""Whatever ends a run, what it recorded is judged, and what it did not record is unknown."""

import os
import signal
from pathlib import Path

import psutil

from tests.end_to_end.commands import PATIENCE, pushfleet, started, summary_of, until

LOAD = ("run", "--devices", 200, "--rate", 80, "--run-time", "60s", "--seed", 6, "--run-id", "cut", "--json")


def records(folder: Path) -> int:
    """Bytes of the journal so far; a batch of a few hundred records is tens of thousands."""
    return sum(path.stat().st_size for path in (folder / "journal").glob("*.open"))


def children(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def test_a_killed_run_leaves_a_journal_that_is_judged_as_far_as_it_goes(tmp_path: Path) -> None:
    folder = tmp_path / "results" / "runs" / "cut"
    with started(*LOAD, cwd=tmp_path) as run:
        until(lambda: records(folder) > 50_000, "some hundred operations are in the journal")
        target = children(run.pid)
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        until(lambda: not any(each.is_running() for each in target), "the embedded backend ended with its run")
    checked = pushfleet("check", folder, "--json", cwd=tmp_path)
    assert checked.code == 2, checked.err
    assert checked.anomalies == set()
    assert checked.summary["operations"]["total"] > 100
    assert any("cut off" in reason for reason in checked.summary["reasons"])
    registers = checked.summary["correctness"]["registers"]
    assert registers["judged"] > registers["unknown"]


def test_a_bug_is_still_found_in_a_killed_run(tmp_path: Path) -> None:
    folder = tmp_path / "results" / "runs" / "cut"
    with started(*LOAD, "--bug", "key-on-token", cwd=tmp_path) as run:
        until(lambda: records(folder) > 100_000, "over a thousand operations are in the journal")
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
    checked = pushfleet("check", folder, "--json", cwd=tmp_path)
    assert checked.code == 1, checked.err
    assert "duplicate_subscription" in checked.anomalies


def test_a_killed_worker_makes_its_part_unknown_and_accuses_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "results" / "runs" / "cut"
    with started(*LOAD, "--processes", 2, cwd=tmp_path) as run:
        until(lambda: records(folder) > 50_000, "both workers record")
        workers = [each for each in children(run.pid) if "locustfiles" in " ".join(each.cmdline())]
        assert len(workers) == 2
        workers[0].kill()
        until(lambda: not workers[0].is_running() or workers[0].status() == psutil.STATUS_ZOMBIE, "the worker is gone")
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=PATIENCE)
    summary = summary_of(out)
    assert (run.returncode, summary["verdict"]) == (2, "unknown"), err
    assert not any(summary["correctness"]["anomalies"].values())
    assert "1 of 2 workers were lost" in " ".join(summary["reasons"]), err
    assert (summary["throughput"]["arrivals"], summary["generator"]["workers_lost"]) == (None, 1)
    assert summary["generator"]["verdict"] == "unknown"


def test_ctrl_c_ends_the_load_and_not_the_verdict(tmp_path: Path) -> None:
    folder = tmp_path / "results" / "runs" / "cut"
    with started(*LOAD, cwd=tmp_path) as run:
        until(lambda: records(folder) > 50_000, "some hundred operations are in the journal")
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=PATIENCE)
    summary = summary_of(out)
    assert (run.returncode, summary["verdict"]) == (2, "unknown"), err
    assert any("that were asked for" in reason for reason in summary["reasons"])
    assert summary["correctness"]["registers"]["unknown"] == 0
    assert {gate["verdict"] for gate in summary["gates"][1:]} == {"pass"}
    assert "Traceback" not in err


def test_ctrl_c_in_a_terminal_reaches_the_workers_too_and_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "results" / "runs" / "cut"
    with started(*LOAD, "--processes", 2, cwd=tmp_path) as run:
        until(lambda: records(folder) > 50_000, "both workers record")
        for each in children(run.pid):
            if "locustfiles" in " ".join(each.cmdline()):
                each.send_signal(signal.SIGINT)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=PATIENCE)
    summary = summary_of(out)
    assert (run.returncode, summary["verdict"]) == (2, "unknown"), err
    assert any("that were asked for" in reason for reason in summary["reasons"])
    assert summary["correctness"]["registers"]["unknown"] == 0
    assert {gate["verdict"] for gate in summary["gates"][1:]} == {"pass"}
    assert summary["generator"]["workers_lost"] == 0


def test_a_worker_that_is_told_to_end_leaves_its_part_behind(tmp_path: Path) -> None:
    folder = tmp_path / "results" / "runs" / "cut"
    with started(*LOAD, "--processes", 2, cwd=tmp_path) as run:
        until(lambda: records(folder) > 50_000, "both workers record")
        worker = next(each for each in children(run.pid) if "locustfiles" in " ".join(each.cmdline()))
        worker.terminate()
        until(lambda: list((folder / "journal").glob("*.arrows")), "its part of the journal is closed")
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=PATIENCE)
    summary = summary_of(out)
    assert (run.returncode, summary["verdict"]) == (2, "unknown"), err
    assert any("that were asked for" in reason for reason in summary["reasons"])
    assert summary["correctness"]["registers"]["unknown"] == 0
    assert {gate["verdict"] for gate in summary["gates"][1:]} == {"pass"}
    assert summary["generator"]["workers_lost"] == 0
