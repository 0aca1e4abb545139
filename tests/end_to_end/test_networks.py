"""Phones on bad networks: a right backend is never accused of what they do, and a wrong one is found all the same."""

import sys
from pathlib import Path

import pytest

from tests.end_to_end.commands import Result, pushfleet

SENDING_WHAT_IS_LOST = """
from gevent import monkey

monkey.patch_all()
from simulator.networks import calls, life

fate, client = life.Life.fate, calls.NetworkClient
sent = client._sent

def fated(self):
    return fate(self)._replace(up=0.0, down=0.0)

def sending(self, call, request, expect):
    answer = sent(self, call, request, expect)
    if answer.fault is calls.Fault.NETWORK and answer.outcome is calls.Outcome.FAIL:
        self._http.send(request)
    return answer

life.Life.fate, client._sent = fated, sending
from locustfiles.cli import main
main()
"""


def run(cwd: Path, *options: object) -> Result:
    load = ("--devices", 1500, "--rate", 100, "--run-time", "6s", "--json")
    return pushfleet("run", *load, *options, cwd=cwd)


@pytest.mark.parametrize(("network", "seed"), [("train", 11), ("mobile", 13)])
def test_a_right_backend_passes_behind_a_bad_network(tmp_path: Path, network: str, seed: int) -> None:
    result = run(tmp_path, "--network", network, "--seed", seed, "--mix", "adversarial", "--run-id", "one")
    assert result.anomalies == set()
    assert result.summary["correctness"]["verdict"] == "pass", result.err
    (errors,) = [gate for gate in result.summary["gates"] if gate["gate"] == "errors < 0.1%"]
    assert errors["measured"] == 0
    uses = result.summary["networks"].values()
    spoilt = sum(use["lost"] + use["cut"] + use["unanswered"] for use in uses)
    assert result.summary["operations"]["faults"]["network"] == spoilt > 0
    told = (tmp_path / "results" / "runs" / "one" / "summary.md").read_text()
    assert "## Networks" in told


def test_a_wrong_backend_is_found_behind_a_bad_network(tmp_path: Path) -> None:
    result = run(tmp_path, "--network", "train", "--seed", 11, "--bug", "swallowed-error")
    assert (result.code, result.anomalies >= {"missing_device"}) == (1, True)


def test_a_lost_call_that_was_sent_after_all_would_be_found(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SENDING_WHAT_IS_LOST]
    load = ("--devices", 500, "--rate", 80, "--run-time", "5s", "--seed", 11, "--scenario", "token_rotation", "--json")
    result = pushfleet("run", "--network", "train", *load, cwd=tmp_path, command=command)
    assert (result.code, result.anomalies) == (1, {"rejected_write_applied"})


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    result = pushfleet("run", "--network", "6g", "--devices", "none", cwd=tmp_path)
    assert (result.code, result.out) == (64, "")
    assert "--network 6g is unknown: choose from none, 3g," in result.err
    assert "--devices none is not a whole number." in result.err
