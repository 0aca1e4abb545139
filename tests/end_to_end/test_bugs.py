"""Every planted bug is found under its right name, by its consequences alone."""

import os
import re
from pathlib import Path

import pytest

from results.anomalies import ANOMALIES
from simulator.backend import BUGS
from simulator.backend.bug import Bug
from tests.end_to_end.commands import ROOT, pushfleet

# Some of each kind: the rest would take another two minutes, and `make test-long` and `make bugs-all` take them all.
USUAL = (
    *("ack-before-write", "cache-unsubscribe", "client-clock-lww", "debounce", "expired-token-accepted", "insert-race"),
    *("insert-race-500", "key-on-token", "key-with-owner", "mixed-auth", "mute-ignored", "prune-by-device"),
    *("rejected-applied", "shard-remap", "truncate-token", "unstable-page", "voip-shares-ios", "zombie-write"),
)
PLANTED = list(BUGS) if os.environ.get("PUSHFLEET_BUGS") == "all" else USUAL


def test_the_usual_bugs_show_every_anomaly_that_any_bug_shows() -> None:
    shown = {anomaly for bug in BUGS.values() for anomaly in bug.shows}
    assert {anomaly for name in USUAL for anomaly in BUGS[name].shows} == shown


@pytest.mark.parametrize("bug", [BUGS[name] for name in PLANTED], ids=PLANTED)
def test_a_planted_bug_is_found_under_the_names_it_says(bug: Bug, tmp_path: Path) -> None:
    load = ("--rate", 300, "--run-time", "4s", "--seed", 11, "--devices", 200)
    mix = () if "--scenario" in bug.options else ("--mix", "adversarial")
    done = pushfleet("run", *load, *mix, *bug.options, "--bug", bug.name, "--json", cwd=tmp_path)
    # What a time-out explains is allowed, so that nobody can know: it is counted, and makes the run unknown.
    verdict = "unknown" if bug.shows == ("zombie_write",) else "violated"
    assert (done.code, done.summary["verdict"]) == ({"violated": 1, "unknown": 2}[verdict], verdict), done.err
    assert set(bug.shows) <= done.anomalies
    if not bug.shows:
        assert done.anomalies == set()
        assert [gate["gate"] for gate in done.summary["gates"] if gate["verdict"] == "violated"] == ["errors < 0.1%"]
    for anomaly in bug.shows:
        texts = [each["text"] for each in done.summary["correctness"]["examples"] if each["anomaly"] == anomaly]
        assert texts, anomaly
        assert all(text.startswith(anomaly.replace("_", " ").upper()) for text in texts)


def test_nothing_that_loads_or_judges_knows_a_bug() -> None:
    names = {*BUGS, *(name.replace("-", "_") for name in BUGS)} - ANOMALIES.keys()  # one is called after the other
    for package in ("scenarios", "results", "simulator/client", "simulator/phones", "simulator/readback"):
        for path in (ROOT / package).rglob("*.py"):
            found = [name for name in names if re.search(rf"\b{name}\b", path.read_text())]
            assert found == [], path


def test_nothing_that_loads_or_judges_can_read_what_a_bug_shows() -> None:
    loading = [ROOT / "locustfiles" / f"{name}.py" for name in ("_generator", "_judging", "_recorder", "_users")]
    for package in ("scenarios", "results", "simulator/client", "simulator/phones", "simulator/readback"):
        loading += (ROOT / package).rglob("*.py")
    assert [path for path in loading if re.search(r"simulator\.backend\b|\bBUGS\b", path.read_text())] == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_correct_backend_is_never_accused(seed: int, tmp_path: Path) -> None:
    load = ("--mix", "adversarial", "--devices", 60, "--rate", 150, "--run-time", "4s", "--seed", seed)
    done = pushfleet("run", *load, "--json", cwd=tmp_path)
    assert (done.code, done.anomalies) == (0, set()), done.err
