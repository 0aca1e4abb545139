"""The number of Locust users is the rate, and may be changed while the load lasts: from the web UI or by a shape."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from results.journal import load
from results.journal.record import Call
from results.run import Run
from tests.end_to_end.commands import LOCUST, pushfleet, until
from tests.end_to_end.web_ui import WebUi, runs, served

S = 1_000_000_000
SHAPE = """
from locust import LoadTestShape
from locustfiles.subscribe import *

class Steps(LoadTestShape):
    def tick(self):
        steps = [(2, 30), (4, 70), (6, 20)]
        return next(((users, 100) for until, users in steps if self.get_run_time() < until), None)
"""


@pytest.fixture(params=[1, 2], ids=["one process", "two workers"])
def web_ui(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[WebUi]:
    yield from served(tmp_path, *(("--processes", 2) if request.param == 2 else ()))


def dues(folder: Path) -> NDArray[np.int64]:
    """When everybody was due, sent or not; of scenarios with one operation each."""
    records = load(folder, folder.name).records
    return np.sort(records["intended"][(records["call"] < Call.READBACK) | (records["call"] == Call.ARRIVAL)])


def on_grid(moments: NDArray[np.int64], rate: int) -> NDArray[np.bool]:
    """Which of these lie where so many equal shares of every second of the machine's clock begin."""
    share = (moments % S) * rate % S
    near: NDArray[np.bool] = np.minimum(share, S - share) < 1000 * rate  # rounded to whole nanoseconds
    return near


def check(folder: Path, *rates: int) -> None:
    """Everybody was on the grid of one of the rates, but for a few while it changed, and no place stayed empty."""
    moments = dues(folder)
    claimed = np.zeros(len(moments), np.bool_)
    for rate in rates:
        mine = on_grid(moments, rate)
        assert np.count_nonzero(mine) > rate / 2
        claimed |= mine
        steady = np.flatnonzero(mine[1:] & mine[:-1])
        gaps = np.diff(moments)[steady]
        assert np.median(gaps) == pytest.approx(S / rate, abs=100)
    assert np.count_nonzero(~claimed) <= len(moments) / 10
    summary = json.loads((folder / "summary.json").read_text())
    throughput, operations, told = summary["throughput"], summary["operations"], Run.read(folder).load
    assert throughput["offered"] == operations["ok"] + operations["fail"] + operations["info"] + throughput["not_sent"]
    assert told is not None
    assert throughput["offered"] == throughput["arrivals"] == told.offered == len(moments)


def test_users_changed_in_the_web_ui_change_the_rate_at_once_and_workers_stay_striped(web_ui: WebUi) -> None:
    common = {"host": "embedded", "scenario": "app_launch", "arrivals": "constant", "devices": 400}
    web_ui.post("/swarm", user_count=30, spawn_rate=30, **common)
    until(partial(web_ui.recorded, 60), "people arrive")
    for users, more in ((70, 140), (20, 40)):
        before = web_ui.operations()
        web_ui.post("/swarm", user_count=users, spawn_rate=100, **common)
        until(lambda before=before, more=more: web_ui.recorded(before + more), f"people arrive at {users}")  # type: ignore[misc]
    web_ui.post("/stop")
    until(partial(web_ui.has_verdicts, 1), "the run has its verdict")
    (folder,) = runs(web_ui.place)
    check(folder, 30, 70, 20)


def test_a_shape_sets_the_rate_step_by_step(tmp_path: Path) -> None:
    (tmp_path / "steps.py").write_text(SHAPE)
    done = pushfleet(
        *("-f", "steps.py", "--headless", "--devices", 400, "--scenario", "app_launch", "--arrivals", "constant"),
        *("--processes", 2),
        cwd=tmp_path,
        command=LOCUST,
    )
    assert done.code == 0, done.err
    (folder,) = runs(tmp_path)
    check(folder, 30, 70, 20)
