"""Loads with a shape: their phases add up to the whole, and what a shape promises comes about."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from results.journal import load
from results.run import Run
from simulator.fleet import Fleet
from tests.end_to_end.commands import LOCUST, ROOT, Result, pushfleet, until
from tests.end_to_end.web_ui import WebUi, runs, served

OWN = """
from locust import LoadTestShape
from locustfiles.subscribe import *

class Mine(LoadTestShape):
    def tick(self):
        return None
"""


def shaped(cwd: Path, *arguments: object) -> Result:
    done = pushfleet("run", "--seed", 3, "--run-id", "r", "--json", *arguments, cwd=cwd)
    assert done.code == 0, done.err
    return done


def add_up(summary: dict[str, Any], folder: Path) -> None:
    """Phases, and scenarios, are all of the run, and its stages are told in run.json."""
    told = Run.read(folder)
    assert [stage.name for stage in told.stages] == [phase["name"] for phase in summary["phases"]]
    parts = ("total", "ok", "fail", "info", "due")
    for found in (summary["phases"], summary["scenarios"].values()):
        assert {name: sum(each["operations"][name] for each in found) for name in parts} == {
            name: summary["operations"][name] for name in parts
        }
    paces = [phase["throughput"] for phase in summary["phases"]]
    assert sum(pace["offered"] for pace in paces) == summary["throughput"]["offered"]
    assert sum(pace["not_sent"] for pace in paces) == summary["throughput"]["not_sent"]
    assert sum(phase["seconds"] for phase in summary["phases"]) == pytest.approx(summary["run"]["seconds"])


def test_the_phases_of_a_shape_add_up_and_follow_it(tmp_path: Path) -> None:
    asked = ("--shape", "steps:count=3", "--rate", 120, "--run-time", "6s", "--devices", 500)
    summary = shaped(tmp_path, *asked, "--scenario", "app_launch", "--arrivals", "constant", "--processes", 2).summary
    folder = tmp_path / "results/runs/r"
    add_up(summary, folder)
    assert [phase["name"] for phase in summary["phases"]] == ["step 1", "step 2", "step 3"]
    # Every arrival of this scenario is one operation. On a busy machine workers hear of a step late.
    paces = [phase["throughput"] for phase in summary["phases"]]
    assert [pace["asked"] for pace in paces] == pytest.approx([80, 160, 240], rel=0.25)
    assert [pace["offered"] for pace in paces] == sorted(pace["offered"] for pace in paces)

    before = (folder / "summary.json").read_bytes()
    again = pushfleet("report", folder, cwd=tmp_path)
    assert again.code == 0, again.err
    assert (folder / "summary.json").read_bytes() == before
    assert "--shape steps:count=3 " in (folder / "report.html").read_text().replace("\\\n", "")


def test_on_release_day_every_device_registers_anew_exactly_once(tmp_path: Path) -> None:
    asked = ("--shape", "release_day", "--rate", 20, "--run-time", "12s", "--devices", 400)
    summary = shaped(tmp_path, *asked, "--processes", 2).summary
    folder = tmp_path / "results/runs/r"
    add_up(summary, folder)
    assert [phase["name"] for phase in summary["phases"]] == ["before", "rush", "tail", "after"]
    told = Run.read(folder)
    assert told.load is not None
    assert (told.load.awaited, told.load.reached) == (400, 400)

    records = load(folder, "r").records
    updates = records[records["scenario"] == told.names.scenarios.index("app_update")]
    registered, times = np.unique(updates["register"] >> 24 << 8 | updates["register"] & 0xFF, return_counts=True)
    assert set(times.tolist()) == {1}
    fleet = Fleet.open(folder / "fleet")
    assert len(registered) == sum(len(fleet.types(device)) for device in range(400))
    storm = summary["scenarios"]["app_update"]
    assert storm["operations"]["ok"] == len(registered)
    assert storm["backlog"]["most"] >= 1
    assert storm["began_s"] < storm["backlog"]["at_s"] < storm["over_s"]


def test_after_an_outage_a_correct_backend_is_accused_of_nothing(tmp_path: Path) -> None:
    life = ("--scenario", "app_launch", "--rate", 120, "--run-time", "10s", "--devices", 300)
    asked = ("--shape", "outage", *life, "--gate", "errors < 60%")
    summary = shaped(tmp_path, *asked).summary
    add_up(summary, tmp_path / "results/runs/r")
    before, away, back = (phase["operations"] for phase in summary["phases"])
    assert before["fail"] + before["info"] == 0
    assert away["fail"] + away["info"] > away["total"] / 2
    assert back["ok"] == back["total"]
    told = Run.read(tmp_path / "results/runs/r").load
    assert told is not None
    assert (told.backend_faults, told.deaths) == ({"outage": 1}, [])


def test_a_runnable_locustfile_has_its_shape_and_can_be_given_another(tmp_path: Path) -> None:
    arguments = ("-f", ROOT / "locustfiles" / "ramp.py", "--headless", "-u", 40, "-t", "6s", "--devices", 100)
    for more in ((), ("--shape", "spike")):
        done = pushfleet(*arguments, *more, cwd=tmp_path, command=LOCUST)
        assert done.code == 0, done.err
    found = [json.loads((folder / "summary.json").read_text())["phases"] for folder in runs(tmp_path)]
    assert [[phase["name"] for phase in phases] for phases in found] == [["up", "hold"], ["before", "spike", "after"]]


def test_the_shape_of_somebodys_own_locustfile_and_ours_exclude_each_other(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(OWN)
    done = pushfleet("-f", "mine.py", "--headless", "-u", 5, "--shape", "ramp", cwd=tmp_path, command=LOCUST)
    assert done.code == 64
    assert "--shape ramp and the locustfile's Mine exclude each other: leave out one of them." in done.err


def test_what_is_wrong_with_a_shape_is_told_with_all_the_rest(tmp_path: Path) -> None:
    wrong = ("--shape", "outage:base=7,height=1", "--backend-fault", "kill=2s", "--devices", -1)
    done = pushfleet("run", *wrong, cwd=tmp_path)
    assert done.code == 64
    assert "--shape outage: base=7 (share of the peak on a day without an outage) is not a number" in done.err
    assert "--shape outage has no parameter height" in done.err
    assert "--devices -1 is out of range" in done.err
    done = pushfleet("run", "--shape", "outage", "--backend-fault", "kill=2s", cwd=tmp_path)
    assert (done.code, "and so does --backend-fault" in done.err) == (64, True)


@pytest.fixture
def web_ui(tmp_path: Path) -> Iterator[WebUi]:
    yield from served(tmp_path, "--processes", 2)


def test_the_web_ui_starts_a_shape_which_ends_by_itself_and_then_a_load_without_one(web_ui: WebUi) -> None:
    common = {"host": "embedded", "devices": 100, "spawn_rate": 40}
    web_ui.post("/swarm", user_count=40, run_time="6s", shape="spike", **common)
    until(partial(web_ui.has_verdicts, 1), "the shape has come to its end, and the run has its verdict")
    web_ui.post("/swarm", user_count=40, run_time="", shape="", **common)
    until(web_ui.records, "operations are recorded")
    web_ui.post("/stop")
    until(partial(web_ui.has_verdicts, 2), "the run has its verdict")
    found = [json.loads((folder / "summary.json").read_text())["phases"] for folder in runs(web_ui.place)]
    assert [[phase["name"] for phase in phases] for phases in found] == [["before", "spike", "after"], []]


def test_a_shape_that_makes_no_sense_starts_nothing_and_is_told_in_the_web_uis_log(web_ui: WebUi) -> None:
    web_ui.post("/swarm", user_count=0, spawn_rate=40, shape="ramp", devices=100)
    until(lambda: "--users 0 is no peak of a shape" in web_ui.get("/logs"), "the mistake is in the log")
    web_ui.post("/swarm", user_count=40, spawn_rate=40, shape="wave", devices=100)
    until(lambda: "--shape wave is unknown" in web_ui.get("/logs"), "the mistake is in the log")
    assert runs(web_ui.place) == []
    web_ui.post("/swarm", user_count=40, spawn_rate=40, run_time="5s", shape="ramp", devices=100)
    until(partial(web_ui.has_verdicts, 1), "a shape is followed after the mistake was mended")
