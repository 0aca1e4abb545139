import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from simulator.commands.fleet import fleet
from simulator.errors import UsageError
from simulator.fleet import Fleet, Platform

ROOT = Path(__file__).parents[3]


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(fleet, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture
def made(tmp_path: Path) -> Fleet:
    return Fleet.create(tmp_path / "fleet", 1000, 7)


def test_create_says_what_it_created(tmp_path: Path) -> None:
    result = invoke("create", tmp_path / "new", "--devices", 1000, "--seed", 7)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{tmp_path / 'new'}: 1,000 devices of 741 people, seed 7\n"
    assert Fleet.open(tmp_path / "new").people == 741


def test_a_drawn_seed_is_printed(tmp_path: Path) -> None:
    result = invoke("create", tmp_path / "new", "--devices", 10)
    assert result.stdout.endswith(f"seed {Fleet.open(tmp_path / 'new').seed}\n")


def test_progress_of_a_large_fleet_stays_off_stdout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.commands.fleet._SHOW_PROGRESS_FROM", 1)
    result = invoke("create", tmp_path / "new", "--devices", 10, "--seed", 7)
    assert result.stdout.startswith(str(tmp_path))
    assert len(result.stdout.splitlines()) == 1


def test_create_refuses_a_directory_that_is_taken(made: Fleet) -> None:
    with pytest.raises(UsageError, match="nothing is ever overwritten"):
        invoke("create", made.directory, "--devices", 10)


def test_show_describes_the_population_and_changes_nothing(made: Fleet) -> None:
    made.begin_run()
    made.state["flags"][0] = 3
    made.state["state"][0] = 1
    before = {path.name: path.read_bytes() for path in made.directory.iterdir()}
    shown = orjson.loads(invoke("show", made.directory, "--json").stdout)
    assert (shown["seed"], shown["devices"], shown["people"], shown["runs"], shown["shards"]) == (7, 1000, 741, 1, 64)
    assert shown["registrations"] == 2
    assert shown["states"] == {"new": 999, "installed": 1, "dormant": 0}
    assert shown["platforms"] == {
        platform.label: sum(made.platform(device) is platform for device in range(1000)) / 1000 for platform in Platform
    }
    for name in ("ios_versions", "android_versions", "browsers", "app_versions", "locales"):
        assert sum(shown[name].values()) == pytest.approx(1)
    assert {path.name: path.read_bytes() for path in made.directory.iterdir()} == before


def test_show_is_readable_too(made: Fleet) -> None:
    shown = invoke("show", made.directory).stdout
    assert "seed             7\n" in shown
    assert "  Android with GCM" in shown
    assert "  Chrome 158" in shown
    assert "  en_US" in shown
    assert "%" in shown


def test_show_describes_one_device(made: Fleet) -> None:
    device = next(device for device in range(1000) if made.platform(device) is Platform.IOS)
    made.state[device] = (5, (3 << 20 | 9, 0), 2, 1, 1 | 8)
    shown = orjson.loads(invoke("show", made.directory, "--device", device, "--json").stdout)
    assert shown["deviceId"] == made.device_id(device, 2)
    assert shown["person"]["clientId"] == made.client_id(5)
    assert shown["state"] == "installed"
    assert shown["tokens"] == {
        "ios": {"run": 3, "generation": 9, "registered": True, "spent": False},
        "ios-voip": {"run": 0, "generation": 0, "registered": False, "spent": True},
    }
    assert made.device_id(device, 2) in invoke("show", made.directory, "--device", device).stdout


def test_show_describes_a_browser(made: Fleet) -> None:
    device = next(device for device in range(1000) if made.platform(device) is Platform.BROWSER)
    shown = orjson.loads(invoke("show", made.directory, "--device", device, "--json").stdout)
    profile = made.profile(device, 0)
    assert (shown["platform"], shown["browser"], shown["model"]) == ("browser", profile.browser, profile.model)
    assert list(shown["tokens"]) == ["web"]


@pytest.mark.parametrize("device", [-1, 1000])
def test_show_refuses_a_device_the_fleet_does_not_have(made: Fleet, device: int) -> None:
    with pytest.raises(UsageError, match=f"--device is {device}: the fleet at .* has devices 0 to 999"):
        invoke("show", made.directory, f"--device={device}")


@pytest.mark.parametrize("command", [(), ("create",), ("show",)])
def test_every_help_has_an_example(command: tuple[str, ...]) -> None:
    shown = invoke(*command, "--help").stdout
    assert "Example:" in shown
    assert "pushfleet fleet" in shown


def test_the_command_is_light_to_import() -> None:
    code = (
        "import sys, simulator.commands.fleet; print(*{'numpy', 'faker', 'rich', 'simulator.fleet'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    assert said == "\n"
