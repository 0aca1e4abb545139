"""A part of a run that dies is told, and takes nothing with it that it need not."""

import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from tests.end_to_end.commands import LOCUST, PATIENCE, ROOT, pushfleet, started, summary_of, until

LOAD = ("run", "--devices", 200, "--rate", 80, "--run-time", "60s", "--seed", 6, "--run-id", "cut", "--json")
SOON = 20.0  # seconds; Locust by itself lets workers go on for a minute after their master was killed


def records(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / "journal").glob("*.open"))


def children(pid: int, module: str) -> list[psutil.Process]:
    found = psutil.Process(pid).children(recursive=True)
    return [each for each in found if module in " ".join(each.cmdline())]


def gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize(
    ("module", "told"),
    [("simulator.backend", "The embedded backend ended"), ("simulator.gateways", "The gateways ended")],
)
def test_a_part_of_the_system_that_is_killed_in_mid_run_is_told(module: str, told: str, tmp_path: Path) -> None:
    folder = tmp_path / "results" / "runs" / "cut"
    with started(*LOAD, "--readback", "push?share=0.5", cwd=tmp_path) as run:
        until(lambda: records(folder) > 50_000, "some hundred operations are in the journal")
        (part,) = children(run.pid, module)
        part.kill()
        until(lambda: gone(part), "it is gone")
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=PATIENCE)
    summary = summary_of(out)
    assert (run.returncode, summary["verdict"]) == (2, "unknown"), err  # calls that were refused accuse nobody
    assert not any(summary["correctness"]["anomalies"].values())
    assert any(f"{told} in mid-run" in reason for reason in summary["reasons"])


def test_workers_end_soon_after_a_master_that_was_killed_and_leave_their_part_behind(tmp_path: Path) -> None:
    folder = tmp_path / "results" / "runs" / "cut"
    with started(*LOAD, "--processes", 2, cwd=tmp_path) as run:
        until(lambda: records(folder) > 50_000, "both workers record")
        workers = children(run.pid, "locustfiles")
        assert len(workers) == 2
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        killed = time.monotonic()
        until(lambda: all(map(gone, workers)), "the workers end")
        assert time.monotonic() - killed < SOON
    assert len(list((folder / "journal").glob("*.arrows"))) == 2
    checked = pushfleet("check", folder, "--json", cwd=tmp_path)
    assert (checked.code, checked.anomalies) == (2, set()), checked.err  # the last calls were refused
    assert checked.summary["operations"]["fail"] < 400
    assert any("cut off" in reason for reason in checked.summary["reasons"])


def test_picked_classes_that_live_no_scenario_asked_for_are_told_in_a_sentence(tmp_path: Path) -> None:
    done = pushfleet(
        *("-f", ROOT / "locustfiles" / "subscribe.py", "--headless", "-u", 5, "-t", "3s", "--devices", 50),
        *("AppLaunch", "--scenario", "double_post"),
        cwd=tmp_path,
        command=LOCUST,
    )
    assert done.code == 64
    assert "None of the user classes picked (AppLaunch) lives a scenario that takes part (double_post)" in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "results" / "runs").exists()
