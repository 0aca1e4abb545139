"""Scenarios from outside the package: loaded once and whole, or told why not, all at once."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from scenarios import SCENARIOS, own
from scenarios.own import load_own
from simulator.errors import UsageError
from tests.scenarios.lives import lived
from tests.stage import Stage

WHOLE = """
from scenarios.registry import scenario


@scenario(weight=2)
def {name}(phone):
    phone.subscribe()
"""


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test loads is there for that test alone."""
    before = dict(SCENARIOS)
    monkeypatch.setattr(own, "_loaded", set())
    monkeypatch.setattr(own, "entry_points", lambda **_: [])
    yield
    SCENARIOS.clear()
    SCENARIOS.update(before)


def write(folder: Path, name: str, text: str = WHOLE) -> Path:
    path = folder / f"{name}.py"
    path.write_text(text.replace("{name}", name))
    return path


def test_every_file_of_a_folder_is_a_scenario_but_those_that_begin_with_an_underscore(
    stage: Stage, tmp_path: Path
) -> None:
    for name in ("mine", "mine_too"):
        write(tmp_path, name)
    write(tmp_path, "_shared", "nonsense(")
    before = set(SCENARIOS)
    for _ in range(2):  # the second time there is nothing to do
        load_own([tmp_path])
    assert set(SCENARIOS) - before == {"mine", "mine_too"}
    assert SCENARIOS["mine"].weight == 2
    assert lived(stage, "mine") == [f"subscribe {stage.fleet.types(0)[0].wire} 1"]


def test_all_that_cannot_be_loaded_is_told_at_once_with_file_line_and_reason(tmp_path: Path) -> None:
    empty, fine = tmp_path / "empty", tmp_path / "fine"
    empty.mkdir()
    fine.mkdir()
    write(fine, "mine")
    before = set(SCENARIOS)
    write(tmp_path, "app_launch")
    write(tmp_path, "awaits", WHOLE.replace("def", "async def"))
    write(tmp_path, "exits", "raise SystemExit(3)")
    write(tmp_path, "helpless", WHOLE + "\n\nopen('/nowhere/at/all')\n")
    write(tmp_path, "lazy", "x = 1")
    write(tmp_path, "less", WHOLE.replace("=2", "=-1"))
    write(tmp_path, "misnamed", WHOLE.replace("{name}", "another"))
    write(tmp_path, "spoilt", "def spoilt(:")
    write(tmp_path, "yields", WHOLE.replace("phone.subscribe()", "yield phone.subscribe()"))
    write(tmp_path, "two", WHOLE + WHOLE.replace("{name}", "three"))
    with pytest.raises(UsageError) as told:
        load_own([tmp_path, empty, tmp_path / "nowhere", fine])
    plain = "would do nothing when it is called: write a plain function, without yield or async"
    which = "Define one function, {0}(phone), and decorate it with @scenario(weight=…) of scenarios.registry."
    reasons = {
        "app_launch": "ValueError: two scenarios are called app_launch: scenarios.app_launch and "
        "scenarios_of_ones_own.app_launch (line 5).",
        "awaits": f"ValueError: awaits {plain} (line 5).",
        "exits": "SystemExit: 3 (line 1).",
        "helpless": "FileNotFoundError: [Errno 2] No such file or directory: '/nowhere/at/all' (line 10).",
        "lazy": f"it registers no scenario lazy. {which.format('lazy')}",
        "less": "ValueError: its weight -1 is not a number from 0 on (line 5).",
        "misnamed": f"it registers no scenario misnamed, but another. {which.format('misnamed')}",
        "spoilt": "invalid syntax (line 1).",
        "two": f"besides two it registers three. {which.format('two')}",
        "yields": f"ValueError: yields {plain} (line 5).",
    }
    assert str(told.value).splitlines() == [
        *(f"{tmp_path / name}.py cannot be loaded: {reason}" for name, reason in reasons.items()),
        f"--scenarios {empty} has no scenario in it: put one into {empty}/NAME.py.",
        f"--scenarios {tmp_path / 'nowhere'} is no folder: name one with a file for each scenario.",
    ]
    assert set(SCENARIOS) - before == {"mine"}


def test_a_file_that_was_mended_is_loaded(tmp_path: Path) -> None:
    path = write(tmp_path, "mine", "nonsense(")
    with pytest.raises(UsageError):
        load_own([tmp_path])
    path.write_text(WHOLE.replace("{name}", "mine"))
    load_own([tmp_path])
    assert "mine" in SCENARIOS


def test_a_run_has_no_more_scenarios_than_its_journal_can_tell_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "mine")
    monkeypatch.setattr(own, "_MOST", len(SCENARIOS))
    with pytest.raises(UsageError, match=rf"there are {len(SCENARIOS)} scenarios without it, and a run can tell no"):
        load_own([tmp_path])
    assert "mine" not in SCENARIOS


def test_installed_packages_bring_theirs_under_the_name_of_the_scenario(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    write(tmp_path, "packaged_life")

    entries = [
        EntryPoint(name, module, own.GROUP)
        for name, module in (("packaged_life", "packaged_life"), ("gone", "not_installed_at_all"))
    ]
    monkeypatch.setattr(own, "entry_points", lambda *, group: entries if group == "pushfleet.scenarios" else [])
    for _ in range(2):
        with pytest.raises(UsageError) as told:
            load_own([])
        assert str(told.value) == (
            "The entry point gone = not_installed_at_all of pushfleet.scenarios cannot be loaded: "
            "ModuleNotFoundError: No module named 'not_installed_at_all'."
        )
    assert "packaged_life" in SCENARIOS
