"""A capacity search from outside: options refused at once, and what is known kept whatever happens."""

import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from locustfiles import _capacity
from locustfiles._capacity import Found, Hunt, launch
from locustfiles._capacity_options import Asked
from locustfiles._capacity_progress import Watch, table
from locustfiles._trial import TrialFailed
from results.capacity import Ended, Limit, Plan
from results.verdict import Verdict
from simulator.errors import UsageError
from tests.results.capacity.simulated import GATE, outcome, slow, summary

OPTIONS: dict[str, Any] = {
    "gate": [GATE],
    "start": "50",
    "max": "20000",
    "trial_time": "5s",
    "budget": "150s",
    "precision": "10%",
    "seed": "7",
}

Attempt = Callable[[Plan], Mapping[str, Any]]


def asked(tmp_path: Path, **changes: object) -> Asked:
    return Asked.parse({**OPTIONS, "results": str(tmp_path), **changes})


def clock(step: float = 0.0) -> Callable[[], float]:
    """A clock that moves on by `step` seconds whenever it is read."""
    now: Iterator[float] = iter(step * tick for tick in range(10_000))
    return now.__next__


def watch(text: io.StringIO | None = None) -> Watch:
    return Watch(150, Console(file=text or io.StringIO(), width=200), clock())


def hunted(tmp_path: Path, attempt: Attempt, step: float = 0.0, **changes: object) -> Found:
    return Hunt(asked(tmp_path, **changes), attempt, clock(step), watch()).search()


def up_to(capacity: int) -> Attempt:
    return lambda plan: summary(plan.rate) if plan.rate <= capacity else slow(plan.rate)


def stopping(after: int, how: BaseException) -> Attempt:
    """A target that meets everything, until trial `after` is over and something comes up."""

    def attempt(plan: Plan) -> Mapping[str, Any]:
        if plan.number > after:
            raise how
        return summary(plan.rate)

    return attempt


def test_trials_are_numbered_and_have_seeds_and_folders_of_their_own(tmp_path: Path) -> None:
    capacity = hunted(tmp_path, up_to(70)).capacity
    assert [(trial.number, trial.rate, trial.seed, trial.folder) for trial in capacity.trials] == [
        (1, 50, 8, "trials/trial-01-50"),
        (2, 100, 9, "trials/trial-02-100"),
        (3, 100, 10, "trials/trial-03-100"),
        (4, 71, 11, "trials/trial-04-71"),
        (5, 60, 12, "trials/trial-05-60"),
        (6, 65, 13, "trials/trial-06-65"),
    ]
    assert (capacity.rate, capacity.limit, capacity.ended) == (65, Limit.TARGET, Ended.FOUND)


@pytest.mark.parametrize(("budget", "rates"), [("99s", [50, 100, 200]), ("100s", [50, 100, 200, 400])])
def test_no_trial_begins_that_would_end_after_the_budget(budget: str, rates: list[int], tmp_path: Path) -> None:
    """The clock moves ten seconds at each of three looks a trial: the fourth would begin at 90 s and end at 100 s."""
    capacity = hunted(tmp_path, up_to(10**6), step=10.0, budget=budget).capacity
    assert capacity.ended is Ended.BUDGET
    assert [trial.rate for trial in capacity.trials] == rates
    assert all(trial.seconds == 10 for trial in capacity.trials)


def test_the_first_trial_is_made_however_small_the_budget(tmp_path: Path) -> None:
    assert len(hunted(tmp_path, up_to(10**6), step=10.0, budget="1s").capacity.trials) == 1


def test_ctrl_c_keeps_the_trials_that_were_made(tmp_path: Path) -> None:
    found = hunted(tmp_path, stopping(2, KeyboardInterrupt()))
    assert (found.capacity.ended, found.capacity.rate, found.failure) == (Ended.STOPPED, 100, None)
    assert "The search was stopped" in found.capacity.sentence


def test_ctrl_c_before_anything_is_known_is_unknown(tmp_path: Path) -> None:
    assert hunted(tmp_path, stopping(0, KeyboardInterrupt())).capacity.verdict is Verdict.UNKNOWN


def test_a_failure_that_was_to_be_tried_again_stands_when_the_search_is_stopped(tmp_path: Path) -> None:
    def attempt(plan: Plan) -> Mapping[str, Any]:
        if plan.number == 3:
            raise KeyboardInterrupt
        return up_to(50)(plan)

    capacity = hunted(tmp_path, attempt).capacity
    assert (capacity.rate, capacity.search.not_met, capacity.limit) == (50, 100, Limit.TARGET)


def test_a_trials_crash_keeps_the_trials_before_it(tmp_path: Path) -> None:
    crash = TrialFailed("It broke.", 70)
    found = hunted(tmp_path, stopping(2, crash))
    assert (found.capacity.ended, found.capacity.rate, found.failure) == (Ended.FAILED, 100, crash)


def launched(tmp_path: Path, attempt: Attempt, monkeypatch: pytest.MonkeyPatch, **changes: object) -> int:
    monkeypatch.setattr(_capacity, "Trials", lambda *_, **__: attempt)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    return launch({**OPTIONS, "results": str(tmp_path), **changes})


def test_json_is_all_there_is_on_stdout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert launched(tmp_path, up_to(70), monkeypatch, as_json=True) == 0
    [folder] = tmp_path.glob("capacity-*")
    assert capsys.readouterr().out == (folder / "capacity.json").read_text(encoding="utf-8")


def test_without_json_there_are_the_table_the_sentence_and_where_the_report_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert launched(tmp_path, up_to(70), monkeypatch) == 0
    out = capsys.readouterr().out
    assert "no: target" in out
    assert "65 arrivals a second met the gate; 71 did not." in out
    assert f"Report: {next(tmp_path.glob('capacity-*'))}/report.html" in out


def test_a_start_that_fails_is_exit_code_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert launched(tmp_path, up_to(10), monkeypatch) == 1


def test_a_first_trial_that_cannot_be_made_is_an_error_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TrialFailed, match="cannot be reached"):
        launched(tmp_path, stopping(0, TrialFailed("--host cannot be reached.", 2)), monkeypatch)
    assert list(tmp_path.iterdir()) == []


def test_a_later_trial_that_fails_is_reported_and_then_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TrialFailed) as failed:
        launched(tmp_path, stopping(1, TrialFailed("It broke.", 70)), monkeypatch)
    assert failed.value.exit_code == 70
    assert len(list(tmp_path.glob("capacity-*/report.html"))) == 1


def test_two_searches_in_the_same_second_have_folders_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        launched(tmp_path, up_to(10), monkeypatch)
    assert len(list(tmp_path.glob("capacity-*/report.html"))) == 3


def test_everything_wrong_is_said_at_once_and_before_anything_starts(tmp_path: Path) -> None:
    wrong: dict[str, object] = {
        "gate": ["p99 < 3"],
        "start": "0",
        "max": "many",
        "trial_time": "soon",
        "budget": "0",
        "precision": "0.5",
        "processes": "-1",
        "seed": "x",
        "bug": "no-such",
        "scenario": ["nobody"],
        "host": "ftp://h",
    }
    with pytest.raises(UsageError) as refused:
        asked(tmp_path, **wrong)
    message = str(refused.value)
    for text in ("'p99 < 3'", "--start 0", "--max many", "--trial-time soon", "--budget 0", "--precision 0.5"):
        assert text in message
    for text in ("--processes -1", "--seed x", "--bug no-such", "--scenario nobody", "--host is no target"):
        assert text in message


def test_without_a_gate_there_is_nothing_to_search_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No --gate was given"):
        asked(tmp_path, gate=[])


def test_a_start_above_max_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--start 50 is above --max 40"):
        asked(tmp_path, max="40")


def test_a_host_elsewhere_must_be_confirmed_before_the_first_trial(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--confirm-target chat\.example\.com"):
        asked(tmp_path, host="https://chat.example.com", client_key="k", api_key="a")


def test_secrets_are_neither_public_nor_passed_on_nor_shown(tmp_path: Path) -> None:
    made = asked(
        tmp_path,
        host="http://127.0.0.1:1",
        client_key="hush1",
        api_key="hush2",
    )
    assert made.secrets == {"PUSHFLEET_CLIENT_KEY": "hush1", "PUSHFLEET_API_KEY": "hush2"}
    assert "hush" not in str(made.public)
    assert "hush1" not in repr(made)
    assert "client-key" not in made.passed_on


def test_the_way_to_a_deployment_is_passed_on_and_a_proxys_password_is_not(tmp_path: Path) -> None:
    way = {"proxy": "http://me:hush@127.0.0.1:3128", "insecure": True, "connect_timeout": "2", "timeout": "5"}
    made = asked(tmp_path, host="https://127.0.0.1:1", client_key="k", api_key="a", **way)
    assert made.secrets["PUSHFLEET_PROXY"] == "http://me:hush@127.0.0.1:3128"
    assert made.passed_on == {"insecure": True, "connect-timeout": "2", "timeout": "5"}
    assert {name: made.public[name] for name in ("proxy", "insecure")} == {
        "proxy": "http://127.0.0.1:3128",
        "insecure": True,
    }
    assert "hush" not in repr(made)


def test_a_network_is_passed_on_to_every_trial(tmp_path: Path) -> None:
    made = asked(tmp_path, network="3g")
    assert (made.passed_on, made.public["network"]) == ({"network": "3g"}, "3g")
    with pytest.raises(UsageError, match="--network 6g is unknown"):
        asked(tmp_path, network="6g")


def test_progress_and_table_take_no_markup_from_a_trials_words() -> None:
    wrong = slow(100)
    wrong["reasons"] = ["[red]not markup[/red] [/nor this]"]
    trials = outcome((50, summary(50)), (100, wrong)).trials
    shown = io.StringIO()
    with watch(shown) as seen:
        for trial in trials:
            seen.trying(Plan(trial.number, trial.rate, 2_000, 8))
            seen.tried(trial)
    assert "[red]not markup[/red] [/nor this]" in shown.getvalue()
    assert shown.getvalue().startswith("seed 7; trial n has 7 + n\n")


def test_the_table_fits_a_terminal_of_80_characters() -> None:
    said = {"throughput__not_sent": 12_345, "throughput__per_second": 12_345.0, "generator__verdict": "unknown"}
    file = io.StringIO()
    Console(file=file, width=80).print(table(outcome((10_000, summary(10_000, **said))).trials))
    assert "…" not in file.getvalue()
    assert "no: generator" in file.getvalue()
