"""The same run goes to any server that speaks the API; what cannot be read back is unknown."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.commands import pushfleet, started

LOAD = ("--devices", 100, "--rate", 60, "--run-time", "2s", "--json")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[dict[str, Any]]:
    with started("serve", "--database", "im.sqlite", "--client-key", "ck", "--api-key", "ak", cwd=tmp_path) as server:
        assert server.stdout is not None
        ready: dict[str, Any] = json.loads(server.stdout.readline())
        yield ready


def host(served: dict[str, Any]) -> tuple[str, ...]:
    return ("--host", served["url"], "--client-key", served["client_key"], "--api-key", served["api_key"])


def test_a_deployment_is_judged_by_reading_its_store(served: dict[str, Any], tmp_path: Path) -> None:
    query = "SELECT type, deviceId, clientId, token FROM subscriptions"
    read = ("--readback", f"sqlite:{served['database']}?query={query}")
    runs = [pushfleet("run", *host(served), *read, *LOAD, "--seed", 5, cwd=tmp_path) for _ in range(2)]
    assert [(run.code, run.anomalies) for run in runs] == [(0, set()), (0, set())], runs[1].err
    assert [run.summary["correctness"]["registers"]["unknown"] for run in runs] == [0, 0]


def test_a_deployment_whose_store_is_not_read_is_unknown_and_says_so(served: dict[str, Any], tmp_path: Path) -> None:
    run = pushfleet("run", *host(served), *LOAD, cwd=tmp_path)
    assert (run.code, run.anomalies) == (2, set())
    assert any("was not read back" in reason for reason in run.summary["reasons"])


def test_a_store_that_cannot_be_read_is_unknown_and_says_why(served: dict[str, Any], tmp_path: Path) -> None:
    run = pushfleet("run", *host(served), "--readback", "sqlite:nowhere.sqlite", *LOAD, cwd=tmp_path)
    assert run.code == 2
    assert any(
        "nowhere.sqlite cannot be read back: there is no such file" in reason for reason in run.summary["reasons"]
    )


def test_a_wrong_api_key_stops_before_the_load_and_is_not_shown(served: dict[str, Any], tmp_path: Path) -> None:
    keys = ("--host", served["url"], "--client-key", "ck", "--api-key", "wrong-but-secret")
    run = pushfleet("run", *keys, *LOAD, cwd=tmp_path)
    assert run.code == 64
    assert "API key" in run.err
    assert "wrong-but-secret" not in run.err + run.out
