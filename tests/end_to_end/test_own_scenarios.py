"""A scenario from outside the package, as CONTRIBUTING shows it, lived by every worker; a broken one is refused."""

import re
from pathlib import Path

import pytest

from results.journal import load
from results.run import Run
from tests.end_to_end.commands import LOCUST, ROOT, pushfleet

LOCUSTFILE = str(ROOT / "locustfiles" / "subscribe.py")
RUNNABLE = sorted(path.name for path in (ROOT / "locustfiles").glob("[!_]*.py") if path.name != "cli.py")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the scenario that CONTRIBUTING shows."""
    shown = re.search(r"One file, `scenarios/(\w+\.py)`:\n\n```python\n(.*?)```", _contributing(), re.DOTALL)
    assert shown is not None
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / shown[1]).write_text(shown[2])
    return folder


def _contributing() -> str:
    return (ROOT / "CONTRIBUTING.md").read_text()


@pytest.mark.parametrize("processes", [1, 2])
def test_a_scenario_of_ones_own_is_lived_from_beginning_to_end(folder: Path, tmp_path: Path, processes: int) -> None:
    load_ = ("--devices", 200, "--rate", 100, "--run-time", "3s", "--seed", 1, "--processes", processes)
    mine = ("--scenarios", folder, "--scenario", "airplane_mode", "--run-id", "mine", "--json")
    done = pushfleet("run", *load_, *mine, cwd=tmp_path)
    assert (done.code, done.summary["verdict"], done.anomalies) == (0, "pass", set()), done.err
    run = tmp_path / "results" / "runs" / "mine"
    lived = load(run, "mine")
    calls = lived.records[lived.records["call"] == 0]
    assert {Run.read(run).names.scenarios[number] for number in calls["scenario"]} == {"airplane_mode"}
    assert done.summary["operations"]["by_kind"]["subscribe"]["ok"] == len(calls) > 20
    assert Run.read(run).options["scenarios"] == [str(folder)]


def test_locust_knows_a_scenario_of_ones_own_by_its_class(folder: Path, tmp_path: Path) -> None:
    asked = ("-f", LOCUSTFILE, "--scenarios", folder, "--scenario", "airplane_mode", "--list")
    done = pushfleet(*asked, cwd=tmp_path, command=LOCUST)
    assert "AirplaneMode" in done.out.split()


@pytest.mark.parametrize("locustfile", RUNNABLE)
def test_every_runnable_locustfile_knows_the_scenarios_that_a_configuration_names(
    locustfile: str, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "locust.conf").write_text(f"scenarios = {folder}\n")
    asked = ("-f", ROOT / "locustfiles" / locustfile, "--list")
    assert "AirplaneMode" in pushfleet(*asked, cwd=tmp_path, command=LOCUST).out.split()


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        (None, ("run",)),
        (None, ("capacity", "--gate", "errors < 1%")),
        (LOCUST, ("-f", LOCUSTFILE, "--headless", "-u", 1, "-t", "1s")),
    ],
    ids=["run", "capacity", "locust"],
)
def test_a_broken_file_is_wrong_usage_told_with_its_reason(
    command: list[str] | None, arguments: tuple[object, ...], folder: Path, tmp_path: Path
) -> None:
    (folder / "broken.py").write_text("import nothing_of_this_name\n")
    done = pushfleet(*arguments, "--scenarios", folder, cwd=tmp_path, command=command)
    assert done.code == 64, done.err
    assert done.err.splitlines()[0] == (
        f"{folder}/broken.py cannot be loaded: ModuleNotFoundError: No module named 'nothing_of_this_name' (line 1)."
    )
    assert "Traceback" not in done.err
    assert not (tmp_path / "results" / "runs").exists()


def test_the_test_that_contributing_shows_holds(folder: Path, tmp_path: Path) -> None:
    shown = re.search(r"here in `tests/scenarios/(\w+\.py)`.*?```python\n(.*?)```", _contributing(), re.DOTALL)
    assert shown is not None
    loaded = f"from scenarios.own import load_own\n\nload_own([{str(folder)!r}])\n\n"
    (tmp_path / shown[1]).write_text(loaded + shown[2])
    (tmp_path / "conftest.py").write_text("from tests.conftest import stage as stage\n")
    done = pushfleet("-q", shown[1], cwd=tmp_path, command=[LOCUST[0], "-m", "pytest"])
    assert done.code == 0, done.out
