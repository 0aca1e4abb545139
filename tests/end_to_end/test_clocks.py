"""Workers by another clock than the master's, as far as one machine can have two.

Twice: a worker whose every look at the time is shifted, on any machine; and, where the kernel lets us, one in a time
namespace of its own, whose clock is another in truth. The first alone holds every promise made here.
"""

import json
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from results.journal import load
from tests.end_to_end.commands import LOCUST, PATIENCE, started, until
from tests.end_to_end.web_ui import LOCUSTFILE, WebUi, port

AHEAD: Final = 100_000  # seconds
SHIFTED: Final = [
    *(sys.executable, "-c"),
    f"""
import time
machines = time.monotonic_ns
time.monotonic_ns = lambda: machines() + {AHEAD} * 10**9
from locust.main import main
import pathlib
import locustfiles._clock
locustfiles._clock._NAMESPACE = pathlib.Path("/")
main()
""",
]
# A worker that says nothing for ten seconds is given up, and on a busy machine it may take longer to begin.
MASTER: Final = [
    *(sys.executable, "-c"),
    "from locust import runners; runners.HEARTBEAT_LIVENESS = 120; from locust.main import main; main()",
]
UNSHARE: Final = ["unshare", "--time", "--monotonic", str(AHEAD), "--kill-child"]


@pytest.fixture(params=["shifted", "in a time namespace"])
def skewed(request: pytest.FixtureRequest) -> list[str]:
    """How to start Locust with a clock that is ahead of this machine's."""
    if request.param == "shifted":
        return SHIFTED
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare, of util-linux, to make a time namespace with; the shifted worker was tried")
    tried = subprocess.run([*UNSHARE, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no time namespace may be made here ({tried.stderr.strip()}); the shifted worker was tried")
    return [*UNSHARE, *LOCUST]


def shifted_workers(place: Path) -> int:
    """How many the run in `place` had; a pass, with the right shift, and its journal in the master's time."""
    (folder,) = sorted((place / "results" / "runs").iterdir())
    summary, run = (json.loads((folder / name).read_text()) for name in ("summary.json", "run.json"))
    assert (summary["verdict"], summary["reasons"]) == ("pass", [])
    ((offset, bound),) = run["load"]["clocks"].values()  # the other worker has the master's
    assert abs(offset + AHEAD * 10**9) <= bound
    journal = load(folder, folder.name)
    assert {part.worker for part in journal.parts if part.closed} == {0, 1}
    times = [int(one) for name in ("sent", "done") for one in journal.records[name]]
    assert run["began"] - bound < min(times) < max(times) < time.monotonic_ns() + bound
    assert run["began"] - bound < run["load"]["began"] < run["load"]["ended"] < time.monotonic_ns() + bound
    assert "1 worker shifted to the master" in (folder / "report.html").read_text()
    return len(run["load"]["clocks"])


def workers(stack: ExitStack, place: Path, number: int, skewed: list[str]) -> None:
    """One with the clock of this machine, and one with another."""
    for command in (LOCUST, skewed):
        where = ("-f", LOCUSTFILE, "--worker", "--master-host", "127.0.0.1", "--master-port", number)
        stack.enter_context(started(*where, cwd=place, command=command))


def both_record(place: Path) -> bool:
    """Whether each worker has operations in its journal: a run that ends before, on a busy machine, is unknown."""
    return sum(path.stat().st_size > 10_000 for path in place.glob("results/runs/*/journal/*.open")) == 2


def test_a_worker_with_another_clock_is_judged_by_the_masters(tmp_path: Path, skewed: list[str]) -> None:
    number = port()
    bind = ("--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", number, "--expect-workers", 2)
    what = ("--headless", "-u", 30, "-r", 30, "--devices", 500)
    with ExitStack() as stack:
        workers(stack, tmp_path, number, skewed)
        master = stack.enter_context(started("-f", LOCUSTFILE, *bind, *what, cwd=tmp_path, command=MASTER))
        until(lambda: both_record(tmp_path), "both workers record")
        master.send_signal(signal.SIGTERM)  # not Ctrl-C, which ends whatever greenlet runs: the one that receives, too
        _, err = master.communicate(timeout=PATIENCE)
        assert master.returncode == 0, err
    assert shifted_workers(tmp_path) == 1


def test_a_worker_with_another_clock_that_is_stopped_in_the_web_ui_tells_it_too(
    tmp_path: Path, skewed: list[str]
) -> None:
    number, web = port(), port()
    bind = ("--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", number)
    page = ("--web-host", "127.0.0.1", "--web-port", web, "--devices", 500)
    with ExitStack() as stack:
        workers(stack, tmp_path, number, skewed)
        # For as long as that, Locust's master forgets a worker that it stopped, and the worker receives nothing.
        held_up = ("--stop-timeout", 2)
        stack.enter_context(started("-f", LOCUSTFILE, *bind, *page, *held_up, cwd=tmp_path, command=MASTER))
        ui = WebUi(web, tmp_path)
        until(lambda: ui.answers() and ui.workers() == 2, "both workers are there")
        ui.post("/swarm", user_count=40, spawn_rate=40, host="")
        until(lambda: both_record(tmp_path), "both workers record")
        ui.post("/stop")
        until(lambda: ui.has_verdicts(1), "the run has its verdict")
    assert shifted_workers(tmp_path) == 1
