"""What is said of a bug by what its run came to."""

from pathlib import Path
from typing import Any

import pytest

from locustfiles._bugs import CORRECT, _arguments, _examined, chosen, verdict_on
from results.verdict import Verdict
from simulator.backend import BUGS
from simulator.errors import UsageError

SEEN = {"first": 1.5, "last": 2.5, "operations": 40}


def summary(*found: str, verdict: str = "violated", gates: dict[str, str] | None = None) -> dict[str, Any]:
    correctness = {
        "anomalies": {"lost_update": 0, **dict.fromkeys(found, 3)},
        "seen": {name: {**SEEN, "first": 1.5 + at} for at, name in enumerate(found)},
    }
    told = [{"gate": name, "verdict": decided} for name, decided in (gates or {}).items()]
    return {"verdict": verdict, "correctness": correctness, "gates": told}


def said(bug: str | None, told: dict[str, Any]) -> tuple[str, float | None]:
    found = _examined(BUGS[bug] if bug else None, told, Path())
    return found.verdict, found.first.first if found.first is not None else None


def test_a_bug_is_found_if_all_that_it_shows_is_found() -> None:
    assert said("swallowed-error", summary("lost_update", "missing_device", "ghost_token")) == ("pass", 1.5)
    assert said("swallowed-error", summary("lost_update")) == ("violated", 1.5)
    assert said("swallowed-error", summary("ghost_token")) == ("violated", None)
    assert said("swallowed-error", summary(verdict="pass")) == ("unknown", None)


def test_a_bug_that_nobody_can_be_sure_of_is_found_in_a_run_that_is_unknown() -> None:
    assert said("zombie-write", summary("zombie_write", verdict="unknown")) == ("pass", 1.5)
    assert said("zombie-write", summary(verdict="unknown")) == ("unknown", None)


def test_a_bug_that_shows_no_anomaly_is_found_by_a_gate_alone() -> None:
    violated = {"errors < 0.1%": "violated"}
    assert said("insert-race-500", summary(gates=violated)) == ("pass", None)
    assert said("insert-race-500", summary("lost_update", gates=violated))[0] == "violated"
    assert said("insert-race-500", summary(gates={"errors < 0.1%": "pass"}))[0] == "violated"


@pytest.mark.parametrize("verdict", ["pass", "violated", "unknown"])
def test_of_the_correct_backend_its_verdict_is_said(verdict: str) -> None:
    assert said(None, summary(verdict=verdict)) == (verdict, None)


def test_the_whole_is_no_better_than_its_worst() -> None:
    found = [_examined(BUGS["debounce"], told, Path()) for told in (summary("lost_update"), summary(verdict="pass"))]
    assert verdict_on(found) is Verdict.UNKNOWN
    assert verdict_on(found[:1]) is Verdict.PASS


def test_the_correct_backend_comes_first_and_an_unknown_bug_is_refused() -> None:
    assert [bug and bug.name for bug in chosen(())] == [None, *BUGS]
    assert [bug and bug.name for bug in chosen(["debounce"])] == [None, "debounce"]
    with pytest.raises(UsageError, match="a, b are no bugs that can be planted"):
        chosen(["a", "b"])
    with pytest.raises(UsageError, match="nonsense is no bug that can be planted: choose from ack-before-write, "):
        chosen(["debounce", "nonsense"])


def test_what_gives_a_bug_its_chance_outweighs_what_all_runs_have() -> None:
    arguments = _arguments(BUGS["page-limit"], Path("runs"), 5, 11)
    assert arguments.index("--devices=200") < arguments.index("--devices")
    assert arguments[-3:] == ["--bug=page-limit", "--run-id=page-limit", "--json"]
    assert _examined(None, summary(verdict="pass"), Path("runs/none")).as_dict() == {
        "bug": CORRECT,
        "expected": [],
        "found": [],
        "verdict": "pass",
        "operations": None,
        "seconds": None,
        "run": "runs/none",
    }
