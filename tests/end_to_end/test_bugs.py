"""Every planted bug is found under its right name, by its consequences alone."""

import re
from pathlib import Path

import pytest

from simulator.backend import BUGS
from tests.end_to_end.commands import ROOT, pushfleet

EXPECTED = {
    "insert-race": "duplicate_subscription",
    "key-on-token": "duplicate_subscription",
    "types-collide": "missing_device",
    "voip-shares-ios": "wrong_type_delivery",
    "unsubscribe-all": "missing_device",
    "rc-nonzero": "contract_breach",
    "swallowed-error": "lost_update",
    "debounce": "lost_update",
}


def test_every_bug_has_its_anomaly_here() -> None:
    assert set(EXPECTED) == set(BUGS)


@pytest.mark.parametrize(("bug", "anomaly"), EXPECTED.items())
def test_a_planted_bug_is_found_under_its_name(bug: str, anomaly: str, tmp_path: Path) -> None:
    load = ("--devices", 200, "--rate", 150, "--run-time", "5s", "--seed", 11)
    done = pushfleet("run", *load, "--bug", bug, "--json", cwd=tmp_path)
    assert done.code == 1, done.err
    assert done.summary["verdict"] == "violated"
    assert anomaly in done.anomalies
    texts = [each["text"] for each in done.summary["correctness"]["examples"] if each["anomaly"] == anomaly]
    assert texts
    assert all(text.startswith(anomaly.replace("_", " ").upper()) for text in texts)


def test_nothing_that_loads_or_judges_knows_a_bug() -> None:
    names = [*BUGS, *(name.replace("-", "_") for name in BUGS)]
    for package in ("scenarios", "results", "simulator/client", "simulator/phones", "simulator/readback"):
        for path in (ROOT / package).rglob("*.py"):
            found = [name for name in names if re.search(rf"\b{name}\b", path.read_text())]
            assert found == [], path


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_correct_backend_is_never_accused(seed: int, tmp_path: Path) -> None:
    done = pushfleet("run", "--devices", 60, "--rate", 150, "--run-time", "4s", "--seed", seed, "--json", cwd=tmp_path)
    assert (done.code, done.anomalies) == (0, set()), done.err
