"""A run that pushes while it loads: deliveries are reads, and what a closed push did not reach is one too."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.end_to_end.commands import ROOT, Result, pushfleet, started

SCHEMA = json.loads((ROOT / "results" / "schema" / "summary.schema.json").read_text())
LOAD = ("run", "--devices", 200, "--rate", 50, "--run-time", "6s", "--seed", 4, "--json")
REFUSING = ("throttle=0.05:1", "unavailable=0.05:1", "error=0.05")
BREAKING = ("reset=0.05", "slow=0.05:0.2", "goaway=0.05")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def result(place: Path) -> Result:
    return pushfleet(*LOAD, "--readback", "push?share=0.5", "--run-id", "one", cwd=place)


def coverage(done: Result) -> dict[str, int]:
    found: dict[str, int] = done.summary["correctness"]["coverage"]
    return found


def test_pushes_during_the_load_are_closed_and_judged(result: Result) -> None:
    assert (result.code, result.anomalies) == (0, set()), result.err
    had = coverage(result)
    assert had["closed_pushes"] == had["pushes"] > 50
    assert had["deliveries"] > 50
    assert had["push_absences"] > 0  # and what pushes did not reach was judged, too
    assert {"duplicate_delivery", "stale_push"}.isdisjoint(result.summary["correctness"]["not_exercised"])
    assert [fault.message for fault in jsonschema.Draft202012Validator(SCHEMA).iter_errors(result.summary)] == []


def test_pushes_are_operations_with_latencies(result: Result) -> None:
    pushes = result.summary["operations"]["by_kind"]["push"]
    assert pushes["total"] == pushes["ok"] == coverage(result)["pushes"]
    assert result.summary["latency_ms"]["push"]["count"] == pushes["total"]
    operations, throughput = result.summary["operations"], result.summary["throughput"]
    assert throughput["offered"] == operations["total"] + throughput["not_sent"]


def test_judging_pushes_again_gives_the_same_verdict(result: Result, place: Path) -> None:
    again = pushfleet("check", place / "results" / "runs" / "one", "--json", cwd=place)
    assert (again.code, again.summary) == (result.code, result.summary)
    assert "--readback &#39;push?share=0.5&#39;" in (place / "results" / "runs" / "one" / "report.html").read_text()


def test_a_small_share_is_sampled_by_default_over_several_processes(place: Path) -> None:
    done = pushfleet(*LOAD, "--readback", "push", "--processes", 2, "--backend-processes", 2, cwd=place)
    assert (done.code, done.anomalies) == (0, set()), done.err
    assert 0 < coverage(done)["closed_pushes"] == coverage(done)["pushes"] < 100


def test_a_scenario_pushes_and_waits_for_what_arrives(place: Path) -> None:
    lives = ("--scenario", "push_arrives=2", "--scenario", "token_rotation")
    done = pushfleet(*LOAD, "--readback", "push?share=0", *lives, cwd=place)
    assert (done.code, done.anomalies) == (0, set()), done.err
    assert coverage(done)["closed_pushes"] > 20
    assert done.summary["operations"]["by_kind"]["push"]["total"] == coverage(done)["pushes"]


def test_dead_tokens_are_removed_and_nobody_is_accused(place: Path) -> None:
    lives = ("--scenario", "double_post=2", "--scenario", "phone_switch", "--scenario", "app_launch=0.2")
    load = ("run", "--devices", 40, "--rate", 40, "--run-time", "10s", "--seed", 8, "--json")
    done = pushfleet(*load, "--readback", "push?share=1", *lives, cwd=place)
    assert (done.code, done.anomalies) == (0, set()), done.err
    assert coverage(done)["dead_tokens_pushed"] > 5


@pytest.mark.parametrize("faults", [REFUSING, BREAKING], ids=["refusing", "breaking off"])
def test_providers_that_fail_now_and_then_make_nobody_wrong(faults: tuple[str, ...], place: Path) -> None:
    told = [word for fault in faults for word in ("--gateway-fault", fault)]
    done = pushfleet(*LOAD, "--readback", "push?share=0.5", *told, cwd=place)
    assert (done.code, done.anomalies) == (0, set()), done.err
    assert coverage(done)["closed_pushes"] > 20


def test_voip_tokens_pushed_as_alerts_are_found(place: Path) -> None:
    lives = ("--scenario", "voip_registration")
    done = pushfleet(*LOAD, "--readback", "push?share=0.5", *lives, "--bug", "wrong-topic", cwd=place)
    assert (done.code, done.anomalies) == (1, {"wrong_type_delivery"}), done.err


@pytest.fixture(scope="module")
def served(place: Path) -> Iterator[dict[str, Any]]:
    """A deployment, with its own gateways."""
    keys = ("--client-key", "a-client-key", "--api-key", "a-secret-api-key")
    # Without the documented limit of 1,000 calls a minute, which pushes to everybody are soon beyond.
    with started("serve", "--store", "im.sqlite", "--api-limit", 0, *keys, cwd=place) as server:
        assert server.stdout is not None
        ready: dict[str, Any] = json.loads(server.stdout.readline())
        yield ready


def against(served: dict[str, Any], *readback: str) -> tuple[str, ...]:
    host = ("--host", served["url"], "--client-key", served["client_key"], "--api-key", served["api_key"])
    return (*host, *(word for spec in readback for word in ("--readback", spec)))


def test_a_deployment_is_read_by_its_store_and_by_pushes(served: dict[str, Any], place: Path) -> None:
    push = f"push?share=0.5&gateways={served['gateways']['deliveries']}"
    done = pushfleet(*LOAD, *against(served, push, f"sqlite:{place / 'im.sqlite'}"), "--run-id", "host", cwd=place)
    assert (done.code, done.anomalies) == (0, set()), done.err
    assert coverage(done)["closed_pushes"] == coverage(done)["pushes"] > 50
    for path in (place / "results" / "runs" / "host").rglob("*"):
        assert not path.is_file() or b"a-secret-api-key" not in path.read_bytes(), path


def test_pushes_to_everybody_read_a_deployment_whose_store_nobody_reads(served: dict[str, Any], place: Path) -> None:
    push = f"push?share=1&gateways={served['gateways']['deliveries']}"
    done = pushfleet(*LOAD, *against(served, push), "--seed", 5, cwd=place)
    assert (done.code, done.anomalies) == (0, set()), done.err
    assert done.summary["correctness"]["registers"]["unknown"] == 0


def test_pushes_to_some_leave_the_others_unknown(served: dict[str, Any], place: Path) -> None:
    push = f"push?share=0.3&gateways={served['gateways']['deliveries']}"
    done = pushfleet(*LOAD, *against(served, push), "--seed", 6, cwd=place)
    assert (done.code, done.anomalies) == (2, set()), done.err
    registers = done.summary["correctness"]["registers"]
    assert 0 < registers["unknown"] < registers["total"]
    assert any(
        "were never read after their last acknowledged operation" in reason for reason in done.summary["reasons"]
    )


def test_gateways_that_do_not_answer_are_told_before_anything_starts(served: dict[str, Any], place: Path) -> None:
    done = pushfleet(*LOAD, *against(served, f"push?gateways={served['url']}"), "--run-id", "none", cwd=place)
    assert (done.code, done.out) == (2, "")
    assert f"the gateways at {served['url']} cannot be asked for deliveries" in done.err
    assert not (place / "results" / "runs" / "none").exists()


def test_a_scenario_that_pushes_needs_gateways(place: Path) -> None:
    done = pushfleet("run", "--scenario", "push_arrives", "--run-id", "none", cwd=place)
    assert done.code == 64
    assert "--scenario push_arrives pushes and waits for what that reaches" in done.err
    assert not (place / "results" / "runs" / "none").exists()
