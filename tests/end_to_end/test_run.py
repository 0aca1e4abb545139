"""From nothing to a verdict in one command."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from simulator.fleet import Fleet
from simulator.tokens import decode
from tests.end_to_end.commands import PATIENCE, ROOT, Result, pushfleet, started, summary_of

SCHEMA = json.loads((ROOT / "results" / "schema" / "summary.schema.json").read_text())


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def result(place: Path) -> Result:
    return pushfleet(
        *("run", "--devices", 400, "--rate", 120, "--run-time", "4s", "--seed", 4, "--run-id", "one", "--json"),
        cwd=place,
    )


@pytest.fixture(scope="module")
def folder(result: Result, place: Path) -> Path:
    assert result.code == 0
    return place / "results" / "runs" / "one"


def test_a_correct_backend_passes_with_every_register_judged(result: Result) -> None:
    assert result.code == 0, result.err
    assert result.summary["verdict"] == "pass"
    registers = result.summary["correctness"]["registers"]
    assert registers["judged"] == registers["total"] > 100
    assert registers["unknown"] == 0
    assert result.anomalies == set()


def test_the_summary_keeps_its_schema(result: Result) -> None:
    assert [fault.message for fault in jsonschema.Draft202012Validator(SCHEMA).iter_errors(result.summary)] == []


def test_what_was_offered_is_what_came_out_of_it(result: Result) -> None:
    operations, throughput = result.summary["operations"], result.summary["throughput"]
    assert operations["total"] == operations["ok"] + operations["fail"] + operations["info"] > 300
    assert throughput["offered"] == operations["total"] + throughput["not_sent"]


def test_the_registers_judged_are_the_rows_and_absences_of_the_store(folder: Path, result: Result) -> None:
    with closing(sqlite3.connect(folder / "backend.sqlite")) as store:
        (rows,) = store.execute("SELECT count(*) FROM subscriptions").fetchone()
        (slots,) = store.execute("SELECT count(*) FROM (SELECT DISTINCT type, deviceId FROM subscriptions)").fetchone()
    coverage = result.summary["correctness"]["coverage"]
    assert rows == slots == coverage["tokens_read"]


def test_a_run_leaves_everything_its_report_is_computed_from(folder: Path) -> None:
    left = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {
        "run.json",
        "summary.json",
        "summary.md",
        "junit.xml",
        "report.html",
        "journal/operations.parquet",
        "journal/readback.parquet",
        "backend.sqlite",
        "fleet/fleet.json",
    } <= left


def test_no_secret_and_no_whole_token_is_in_any_report(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "backend.sqlite")) as store:
        tokens = [token for (token,) in store.execute("SELECT token FROM subscriptions LIMIT 50")]
    with closing(sqlite3.connect(folder / "fleet" / "client-tokens.sqlite")) as store:
        tokens += [token.decode() for (token,) in store.execute("SELECT token FROM client_tokens LIMIT 50")]
    assert len(tokens) == 100
    for name in ("run.json", "summary.json", "summary.md", "junit.xml", "report.html"):
        text = (folder / name).read_text()
        assert [token for token in tokens if token in text] == [], name


def test_judging_it_again_gives_the_same_verdict(folder: Path, result: Result, place: Path) -> None:
    again = pushfleet("check", folder, "--json", cwd=place)
    assert again.code == 0
    assert again.summary == result.summary


def test_the_reports_can_be_written_again(folder: Path, place: Path) -> None:
    before = (folder / "report.html").read_text()
    (folder / "report.html").unlink()
    assert pushfleet("report", folder, cwd=place).code == 0
    assert (folder / "report.html").read_text() == before


def test_ci_servers_can_read_the_result(result: Result, folder: Path) -> None:
    suite = ET.parse(folder / "junit.xml").getroot()  # noqa: S314 - our own file
    cases = list(suite.iter("testcase"))
    assert len(cases) >= 2
    told = {case.get("name"): child.tag for case in cases for child in case if child.tag != "system-out"}
    assert told == dict.fromkeys(result.summary["correctness"]["not_exercised"], "skipped")


def test_without_json_the_verdict_comes_in_words_with_the_reports_path(place: Path) -> None:
    done = pushfleet("run", "--devices", 100, "--rate", 40, "--run-time", "2s", "--run-id", "words", cwd=place)
    assert done.code == 0
    assert done.out.lstrip().startswith("PASS. All ")
    assert "Report: results/runs/words/report.html" in done.out


def test_the_closed_model_judges_as_the_open_one_does(place: Path) -> None:
    done = pushfleet(
        "run", "--devices", 200, "--users", 20, "--think-time", 0.1, "--run-time", "2s", "--json", cwd=place
    )
    assert (done.code, done.anomalies) == (0, set())
    assert done.summary["operations"]["total"] > 50


def test_two_processes_share_the_people_and_one_verdict(place: Path) -> None:
    done = pushfleet(
        *("run", "--devices", 400, "--rate", 100, "--run-time", "3s", "--processes", 2, "--json"), cwd=place
    )
    assert (done.code, done.anomalies) == (0, set()), done.err
    assert done.summary["generator"]["workers"] == 2
    operations, throughput = done.summary["operations"], done.summary["throughput"]
    assert throughput["offered"] == operations["total"] + throughput["not_sent"]


def test_two_runs_at_once_do_not_meet(tmp_path: Path) -> None:
    load = ("run", "--devices", 100, "--rate", 40, "--run-time", "3s", "--processes", 2, "--json", "--run-id")
    with started(*load, "one", cwd=tmp_path) as one, started(*load, "two", cwd=tmp_path) as two:
        said = [run.communicate(timeout=PATIENCE) for run in (one, two)]
        summaries = [summary_of(out) for out, _ in said]
    assert [one.returncode, two.returncode] == [0, 0], said
    assert [summary["generator"]["workers"] for summary in summaries] == [2, 2]


def test_only_the_scenarios_asked_for_are_lived(place: Path) -> None:
    done = pushfleet(
        *("run", "--devices", 100, "--rate", 40, "--run-time", "2s", "--scenario", "phone_switch=2", "--json"),
        cwd=place,
    )
    assert done.code == 0
    calls = done.summary["operations"]["by_kind"]
    assert calls["unsubscribe"]["total"] > 10


def test_every_scenario_is_lived_where_there_are_fewer_locust_users_than_scenarios(place: Path) -> None:
    shared_out = ("--scenario", "phone_switch=1", "--scenario", "app_launch=1", "--scenario", "token_rotation=2")
    done = pushfleet(
        *("run", "--devices", 200, "--users", 1, "--think-time", 0, "--run-time", "3s", *shared_out, "--json"),
        cwd=place,
    )
    assert (done.code, done.anomalies) == (0, set()), done.err
    lived = {name: scenario["operations"]["total"] for name, scenario in done.summary["scenarios"].items()}
    assert lived.keys() == {"phone_switch", "app_launch", "token_rotation"}
    assert min(lived.values()) > 5


def held(folder: Path) -> dict[tuple[str, str], str]:
    """The tokens of a run's store, by type and deviceId."""
    with closing(sqlite3.connect(folder / "backend.sqlite")) as store:
        rows = store.execute("SELECT type, deviceId, token FROM subscriptions").fetchall()
    return {(push_type, device_id): token for push_type, device_id, token in rows}


def test_a_second_run_over_a_fleet_mints_no_token_twice(place: Path) -> None:
    load = ("--devices", 120, "--rate", 60, "--run-time", "2s", "--fleet", "fleets/mine", "--json")
    once = pushfleet("run", "--run-id", "first", *load, cwd=place)
    fleet = Fleet.open(place / "fleets" / "mine", writable=False)
    handed_out = fleet.state["slots"].copy()
    again = pushfleet("run", "--run-id", "second", *load, cwd=place)
    assert [once.code, again.code] == [0, 0], again.err

    first, second = (held(place / "results" / "runs" / name) for name in ("first", "second"))
    assert {decode(token).run for token in first.values()} == {1}
    old = [token for token in map(decode, second.values()) if token.run == 1]
    assert old
    # Registered again at a launch, or for the first time where the OS had made one while the app was closed.
    for token in old:
        latest = handed_out[token.device, fleet.types(token.device).index(token.type)]
        assert (latest >> 20, latest & 0xFFFFF) == (1, token.generation)
    assert {decode(token).run for token in second.values()} == {1, 2}
    assert json.loads(pushfleet("fleet", "show", "fleets/mine", "--json", cwd=place).out)["runs"] == 2


def test_in_a_second_run_over_a_fleet_the_platform_acts_for_the_people_of_the_first(place: Path) -> None:
    load = ("--devices", 500, "--rate", 40, "--run-time", "2s", "--fleet", "fleets/again", "--json")
    live = ("--scenario", "backend_registration", "--scenario", "chat_message", "--scenario", "push_arrives")
    runs = [pushfleet("run", *live, "--readback", "push", *load, cwd=place) for _ in range(2)]
    assert [json.loads(run.out)["correctness"]["anomalies"]["contract_breach"] for run in runs] == [0, 0]
    assert [run.code for run in runs] == [0, 0], runs[1].err
