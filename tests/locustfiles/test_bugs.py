"""What is said of a bug by what its run came to."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from locustfiles._bugs import CORRECT, Lives, _examined, chosen, verdict_on
from results.verdict import Verdict
from scenarios import SCENARIOS
from simulator.backend import BUGS
from simulator.errors import UsageError

LIVES = Lives(Path("runs"), 5, 11)
SEEN = {"first": 1.5, "last": 2.5, "operations": 40}


def summary(*found: str, verdict: str = "violated", gates: dict[str, str] | None = None) -> dict[str, Any]:
    correctness = {
        "anomalies": {"lost_update": 0, **dict.fromkeys(found, 3)},
        "seen": {name: {**SEEN, "first": 1.5 + at} for at, name in enumerate(found)},
    }
    told = [{"gate": name, "verdict": decided} for name, decided in (gates or {}).items()]
    return {"verdict": verdict, "correctness": correctness, "gates": told}


def said(bug: str | None, told: dict[str, Any], lives: Lives = LIVES) -> tuple[str, float | None]:
    found = _examined(BUGS[bug] if bug else None, told, lives)
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
    found = [_examined(BUGS["debounce"], told, LIVES) for told in (summary("lost_update"), summary(verdict="pass"))]
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
    arguments = LIVES.of(BUGS["page-limit"])
    assert arguments.index("--devices=200") < arguments.index("--devices")
    assert _examined(None, summary(verdict="pass"), LIVES).as_dict() == {
        "bug": CORRECT,
        "scenario": None,
        "expected": [],
        "found": [],
        "verdict": "pass",
        "operations": None,
        "seconds": None,
        "run": "runs/none",
    }


def test_alone_a_bug_has_its_own_scenario_and_no_other_and_keeps_what_else_it_asks_for() -> None:
    lives = replace(LIVES, alone=True)
    asked = ["--devices", "60", "--rate", "60", "--readback", "push?share=1"]
    assert lives.of(BUGS["prune-by-device"]) == [
        *("run", "--devices=400", "--rate=120", "--run-time=5s", "--seed=11", "--results=runs", "--json"),
        *("--bug=prune-by-device", "--run-id=prune-by-device", *asked, "--gateway-fault", "slow=0.9:1"),
        "--scenario=dormant_return",
    ]
    assert _examined(BUGS["debounce"], summary("lost_update"), lives).as_dict()["scenario"] == "rotation_race"


def test_in_a_mix_a_bug_keeps_the_faults_that_it_takes_and_nothing_of_its_own_life() -> None:
    assert replace(LIVES, mix="everyday").of(BUGS["ack-before-write"]) == [
        *("run", "--devices=200", "--rate=300", "--run-time=5s", "--seed=11", "--results=runs", "--json"),
        *("--bug=ack-before-write", "--run-id=ack-before-write"),
        *("--backend-fault", "kill=1s", "--gate", "errors < 90%", "--mix=everyday"),
    ]


@pytest.mark.parametrize("lives", [replace(LIVES, alone=True), replace(LIVES, mix="adversarial")])
def test_in_a_life_that_was_not_made_for_it_a_bug_is_found_by_one_of_its_anomalies(lives: Lives) -> None:
    assert said("swallowed-error", summary("lost_update"), lives) == ("pass", 1.5)
    assert said("swallowed-error", summary("ghost_token"), lives) == ("violated", None)


def test_bugs_that_take_a_fault_are_not_among_those_that_a_scenario_alone_shows() -> None:
    faulty = {"ack-before-write", "drop-on-shutdown", "shard-remap"}
    assert BUGS.keys() - {bug.name for bug in chosen((), alone=True) if bug} == faulty
    with pytest.raises(UsageError, match="No scenario alone gives shard-remap a chance"):
        chosen(["shard-remap", "debounce"], alone=True)


def test_every_scenario_that_a_bug_names_exists() -> None:
    assert {bug.scenario for bug in BUGS.values()} - {""} <= SCENARIOS.keys()
