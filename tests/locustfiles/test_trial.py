"""A trial is an ordinary run: its options, its secrets, its end, and what becomes of a search when it fails."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from locustfiles._own_run import end
from locustfiles._trial import TrialFailed, Trials
from results.capacity import Plan, plan

PLAN = Plan(3, 400, 2_000, 10)


def trials(folder: Path, script: str = "", **changes: object) -> Trials:
    """Trials whose run is a Python script: its arguments are the run's."""
    made = Trials(
        folder, fleets=folder / "fleets", seconds=5, gates=["errors < 1%"], command=[sys.executable, "-c", script]
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def options(arguments: list[str]) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for argument in arguments[1:]:
        name, _, value = argument.partition("=")
        said.setdefault(name, []).append(value)
    return said


def test_a_trial_is_a_run_with_these_options(tmp_path: Path) -> None:
    arguments = trials(tmp_path, passed_on={"processes": "2", "scenario": ["a=1", "b"], "insecure": True}).arguments(
        PLAN
    )
    assert arguments[0] == "run"
    assert options(arguments) == {
        "--rate": ["400"],
        "--run-time": ["5s"],
        "--devices": ["2000"],
        "--seed": ["10"],
        "--results": [str(tmp_path / "trials")],
        "--run-id": ["trial-03-400"],
        "--max-in-flight": ["1000"],
        "--gate": ["errors < 1%"],
        "--processes": ["2"],
        "--scenario": ["a=1", "b"],
        "--insecure": [""],
        "--json": [""],
    }


def test_an_embedded_trial_shares_no_fleet_with_another(tmp_path: Path) -> None:
    assert "--fleet" not in options(trials(tmp_path).arguments(PLAN))


def test_a_deployments_fleet_outlives_the_search_and_is_no_other_trials(tmp_path: Path) -> None:
    made = trials(tmp_path, host="http://127.0.0.1:8080")
    fleets = [options(made.arguments(plan(number, 400, 7)))["--fleet"][0] for number in (1, 2)]
    assert fleets == [str(tmp_path / "fleets" / f"127.0.0.1-8080-2000-{seed}") for seed in (8, 9)]


def test_secrets_go_by_the_environment_and_never_by_the_arguments(tmp_path: Path) -> None:
    made = trials(
        tmp_path,
        "import json, os, sys; print(json.dumps({'key': os.environ['PUSHFLEET_API_KEY'], 'argv': sys.argv}))",
        secrets={"PUSHFLEET_API_KEY": "hush"},
    )
    said = made(PLAN)
    assert said["key"] == "hush"
    assert not any("hush" in argument for argument in said["argv"])
    assert "hush" not in repr(made)


@pytest.mark.parametrize("code", [0, 1, 2])
def test_a_verdict_of_any_kind_is_a_result(code: int, tmp_path: Path) -> None:
    script = f"import sys; print('{{\"verdict\": 1}}'); print('progress', file=sys.stderr); sys.exit({code})"
    assert trials(tmp_path, script)(PLAN) == {"verdict": 1}


@pytest.mark.parametrize("code", [2, 64, 70])
def test_a_trial_without_a_verdict_ends_with_its_own_words_and_code(code: int, tmp_path: Path) -> None:
    script = f"import sys; print('--host cannot be reached.', file=sys.stderr); sys.exit({code})"
    with pytest.raises(TrialFailed, match=r"^--host cannot be reached\.$") as failed:
        trials(tmp_path, script)(PLAN)
    assert failed.value.exit_code == code


def test_a_crash_is_told_by_its_last_lines(tmp_path: Path) -> None:
    script = "import sys; print('\\n'.join(map(str, range(100))), file=sys.stderr); sys.exit(70)"
    with pytest.raises(TrialFailed) as failed:
        trials(tmp_path, script)(PLAN)
    assert str(failed.value).splitlines() == [str(line) for line in range(70, 100)]


def test_a_trial_that_was_killed_without_a_word_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(TrialFailed, match=r"^Trial 3 at 400/s ended with code -9, without") as failed:
        trials(tmp_path, "import os; os.kill(os.getpid(), 9)")(PLAN)
    assert failed.value.exit_code == 2


def test_a_zero_with_something_else_than_a_summary_is_no_result(tmp_path: Path) -> None:
    with pytest.raises(TrialFailed):
        trials(tmp_path, "print('[]')")(PLAN)


def started(script: str) -> "subprocess.Popen[bytes]":
    """A process in a session of its own, once it has said that it is ready."""
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.stdout.close()
    return process


def test_a_trial_is_ended_as_ctrl_c_ends_it() -> None:
    script = """
import signal, sys
try:
    print("ready", flush=True)
    signal.pause()
except KeyboardInterrupt:
    sys.exit(42)
"""
    process = started(script)
    end(process)
    assert process.returncode == 42


def test_a_trial_that_does_not_listen_is_killed_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("locustfiles._own_run._TO_END", 0.05)
    script = """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
print("ready", flush=True)
while True:
    signal.pause()
"""
    process = started(script)
    end(process)
    assert process.returncode == -signal.SIGKILL


def test_a_terminals_ctrl_c_reaches_a_trial_only_through_us(tmp_path: Path) -> None:
    """It leads a session of its own, which is also what lets us kill all that it started."""
    script = "import json, os; print(json.dumps({'leads': os.getsid(0) == os.getpid() == os.getpgid(0)}))"
    assert trials(tmp_path, script)(PLAN) == {"leads": True}


def test_ctrl_c_during_a_trial_ends_its_process_and_goes_on_up(tmp_path: Path) -> None:
    """The trial tells its process id, we interrupt ourselves while waiting for it, and it is gone."""
    fifo = tmp_path / "pid"
    os.mkfifo(fifo)
    script = f"import os, signal; open({str(fifo)!r}, 'w').write(str(os.getpid())); signal.pause()"
    heard: list[int] = []

    def interrupt() -> None:
        heard.append(int(fifo.read_text()))
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    presses = threading.Thread(target=interrupt)
    presses.start()
    with pytest.raises(KeyboardInterrupt):
        trials(tmp_path, script)(PLAN)
    presses.join()
    with pytest.raises(ProcessLookupError):
        os.kill(heard[0], 0)


def test_a_trial_that_never_ends_is_ended_and_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("locustfiles._trial._PATIENCE", -14.9)  # 5 s of load and 10 s of log-ins, less this
    with pytest.raises(TrialFailed, match=r"^Trial 3 at 400/s did not end within 0 s and was stopped\.") as failed:
        trials(tmp_path, "import signal; signal.pause()")(PLAN)
    assert failed.value.exit_code == 2


def test_the_environment_of_a_trial_is_ours_and_the_secrets(tmp_path: Path) -> None:
    script = "import json, os; print(json.dumps(dict(os.environ)))"
    said: Mapping[str, Any] = trials(tmp_path, script, secrets={"PUSHFLEET_CLIENT_KEY": "k"})(PLAN)
    assert said["PUSHFLEET_CLIENT_KEY"] == "k"
    assert said["PATH"] == os.environ["PATH"]
