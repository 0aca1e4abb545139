"""Locust itself is a first-class way in: headless, and from its web UI as often as it is started."""

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.end_to_end.commands import LOCUST, ROOT, pushfleet, until
from tests.end_to_end.web_ui import LOCUSTFILE, WebUi, runs, served


def test_headless_locust_without_a_host_works_like_a_run(tmp_path: Path) -> None:
    done = pushfleet(
        *("-f", LOCUSTFILE, "--headless", "-u", 30, "-r", 30, "-t", "3s", "--devices", 100),
        cwd=tmp_path,
        command=LOCUST,
    )
    assert done.code == 0, done.err
    (folder,) = runs(tmp_path)
    assert json.loads((folder / "summary.json").read_text())["verdict"] == "pass"
    assert f"Report: results/runs/{folder.name}/report.html" in done.err


def test_headless_locust_fails_by_the_verdict(tmp_path: Path) -> None:
    load = ("-f", LOCUSTFILE, "--headless", "-u", 60, "-r", 60, "-t", "3s", "--devices", 100, "--bug", "key-on-token")
    assert pushfleet(*load, cwd=tmp_path, command=LOCUST).code == 1


def test_headless_locust_refuses_as_a_run_does(tmp_path: Path) -> None:
    done = pushfleet(
        *("-f", LOCUSTFILE, "--headless", "-u", 5, "-t", "3s", "--devices", "-1", "--gate", "p99"),
        cwd=tmp_path,
        command=LOCUST,
    )
    assert done.code == 64
    assert "--devices -1 is out of range" in done.err
    assert "Gate 'p99' cannot be read" in done.err
    assert not (tmp_path / "results" / "runs").exists() or runs(tmp_path) == []


def test_plain_locust_in_a_checkout_finds_the_locustfile() -> None:
    done = pushfleet("--list", cwd=ROOT, command=LOCUST)
    assert done.code == 0
    assert {"AppLaunch", "DoublePost", "VoipRegistration"} <= set(re.findall(r"\w+", done.out))


@pytest.fixture(params=[1, 2], ids=["one process", "two workers"])
def web_ui(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[WebUi]:
    yield from served(tmp_path, *(("--processes", 2) if request.param == 2 else ()))


@pytest.fixture
def single(tmp_path: Path) -> Iterator[WebUi]:
    yield from served(tmp_path)


def lived(folder: Path) -> set[str]:
    return set(json.loads((folder / "summary.json").read_text())["scenarios"])


def test_start_stop_start_again_leaves_two_runs_with_a_verdict_each(web_ui: WebUi) -> None:
    for number in (1, 2):
        scenario, host = ("", "") if number == 2 else ("app_launch", "embedded")
        web_ui.post("/swarm", user_count=80, spawn_rate=80, host=host, devices=60 * number, scenario=scenario)
        until(web_ui.records, "operations are recorded")
        web_ui.post("/stop")
        until(partial(web_ui.has_verdicts, number), "the run has its verdict")
    summaries = [json.loads((folder / "summary.json").read_text()) for folder in runs(web_ui.place)]
    assert [summary["verdict"] for summary in summaries] == ["pass", "pass"]
    assert [summary["run"]["devices"] for summary in summaries] == [60, 120]
    assert [summary["generator"]["workers_lost"] for summary in summaries] == [0, 0]
    played = [lived(folder) for folder in runs(web_ui.place)]
    assert (played[0], len(played[1]) > 1) == ({"app_launch"}, True)
    for folder in runs(web_ui.place):
        assert web_ui.get(f"/pushfleet/{folder.name}") == (folder / "report.html").read_text()


def test_wrong_options_in_the_web_ui_start_nothing_and_are_told_in_its_log(single: WebUi) -> None:
    single.post("/swarm", user_count=5, spawn_rate=5, devices="-3")
    until(lambda: "--devices -3 is out of range" in single.get("/logs"), "the mistake is in the log")
    assert single.operations() == 0
    single.post("/swarm", user_count=40, spawn_rate=40, devices="50")
    until(lambda: single.operations() > 10, "people arrive after the mistake was mended")


def test_the_web_ui_offers_our_options_and_masks_secrets(single: WebUi) -> None:
    page = single.get("/")
    options = json.loads(re.search(r"window\.templateArgs = (\{.*?\})\s*(?:;|\n|</script>)", page, re.DOTALL)[1])  # type: ignore[index]
    extra = options["extra_options"]
    assert {"devices", "seed", "gate", "scenario", "bug", "shape", "client_key", "api_key", "readback"} <= set(extra)
    assert {"proxy", "ca_file", "insecure", "connect_timeout", "first_byte_timeout", "timeout"} <= set(extra)
    assert [extra[name]["is_secret"] for name in ("client_key", "api_key", "proxy", "ca_file")] == [True] * 3 + [False]
