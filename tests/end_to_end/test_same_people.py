"""The same seed has the same people do the same, in a run of one process and in a run of four."""

import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from results.journal import load
from results.run import Run
from simulator.fleet import Fleet
from tests.end_to_end.commands import PATIENCE, started, summary_of
from tests.same_lives import different, lives

PROCESSES: Final = (1, 4)
RUN: Final = ("run", "--seed", 7, "--arrivals", "constant", "--json")
# Its time begins when the last worker has, however long that takes.
SHAPE: Final = ("--shape", "steps:count=2", "--run-time", "4s")
# Each of devices of a type of its own, so that no life depends on how lives of other scenarios came between.
CHOOSING: Final = ("android_migration", "voip_registration", "web_push")
IDLE: Final = '''
from scenarios.registry import scenario
from simulator.phones import Phone

@scenario(weight=1)
def idle(phone: Phone) -> None:
    """Somebody looks at the phone, and makes no call."""
'''


def ran(place: Path, *options: object) -> list[Path]:
    """The folders of two runs that differ in the number of their processes, and have passed."""
    with ExitStack() as running:
        begun = [
            running.enter_context(started(*RUN, *options, "--processes", number, "--run-id", f"by-{number}", cwd=place))
            for number in PROCESSES
        ]
        said = [run.communicate(timeout=PATIENCE) for run in begun]
        assert [run.returncode for run in begun] == [0, 0], said
    assert [summary_of(out)["generator"]["workers"] for out, _ in said] == [*PROCESSES]
    return [place / "results" / "runs" / f"by-{number}" for number in PROCESSES]


def records(folder: Path) -> NDArray[np.void]:
    return load(folder, folder.name).records


def rows(folder: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """What the backend holds: (type, deviceId) → (clientId, token)."""
    with closing(sqlite3.connect(folder / "backend.sqlite")) as store:
        found = store.execute("SELECT type, deviceId, clientId, token FROM subscriptions").fetchall()
    return {(kind, device_id): (client, token) for kind, device_id, client, token in found}


def test_what_people_choose_and_register_does_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    scenarios = [part for name in CHOOSING for part in ("--scenario", name)]
    folders = ran(tmp_path, *scenarios, *SHAPE, "--rate", 100, "--devices", 1000)
    one, four = (lives(records(folder)) for folder in folders)
    assert different(one, four) == []
    assert sum(min(len(one[at]), len(four[at])) for at in one.keys() & four.keys()) > 100

    alike = {device for _, device in one.keys() & four.keys()}
    alike -= {at[1] for at in one.keys() & four.keys() if len(one[at]) != len(four[at])}
    fleets = [Fleet.open(folder / "fleet", writable=False) for folder in folders]
    first, second = map(rows, folders)
    held = [{slot for slot in first if (fleet.installation_of(slot[1]) or (-1,))[0] in alike} for fleet in fleets]
    assert held[0] == held[1]
    assert {slot: first[slot] for slot in held[0]} == {slot: second[slot] for slot in held[0]}
    assert len(held[0]) > 50


def test_on_release_day_all_calls_are_the_same_however_many_processes_there_are(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "idle.py").write_text(IDLE)
    idle = ("--scenarios", tmp_path / "own", "--scenario", "idle", "--rate", 4)
    folders = ran(tmp_path, *idle, "--shape", "release_day:at=0.18,lasts=0.6", "--run-time", "6s", "--devices", 300)
    one, four = (lives(records(folder)) for folder in folders)
    update = Run.read(folders[0]).names.scenarios.index("app_update")
    assert {at for at in one if one[at]} == {(update, device) for device in range(300)}
    assert one == four
    assert rows(folders[0]) == rows(folders[1])
