"""Options of the gateways: all mistakes at once."""

from pathlib import Path

import pytest

from simulator.errors import UsageError
from simulator.fleet import Fleet
from simulator.gateways.faults import Fault
from simulator.gateways.settings import Settings


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    settings = Settings.parse({"folder": str(tmp_path / "new")})
    assert (settings.folder, settings.fleet, settings.front) == (tmp_path / "new", None, "fast")
    assert (settings.stale_seconds, settings.seed, settings.host, settings.faults.kinds) == (2.0, 0, "127.0.0.1", ())
    assert (settings.most_per_minute, settings.environment) == (0, "production")
    assert settings.ports == {"apns": 0, "sandbox": 0, "fcm": 0, "web_push": 0, "deliveries": 0}
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_options_are_taken_as_typed(tmp_path: Path) -> None:
    Fleet.create(tmp_path / "fleet", 10, 1)
    settings = Settings.parse(
        {
            "folder": str(tmp_path),
            "fleet": str(tmp_path / "fleet"),
            "front": "faulty",
            "fault": ["slow=0.5:2"],
            "stale_seconds": "0.5",
            "most_per_minute": "240",
            "environment": "sandbox",
            "seed": "18446744073709551615",
            "host": "::1",
            "apns_port": "2197",
        }
    )
    assert (settings.fleet, settings.front, settings.faults.kinds) == (
        tmp_path / "fleet",
        "faulty",
        (Fault("slow", 0.5, 2.0),),
    )
    assert (settings.stale_seconds, settings.seed, settings.host) == (0.5, 2**64 - 1, "::1")
    assert (settings.most_per_minute, settings.environment) == (240, "sandbox")
    assert settings.ports == {"apns": 2197, "sandbox": 0, "fcm": 0, "web_push": 0, "deliveries": 0}


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        Settings.parse(
            {
                "fleet": str(tmp_path / "nowhere"),
                "front": "back",
                "fault": ["gremlins=1"],
                "stale_seconds": "soon",
                "most_per_minute": "-1",
                "environment": "staging",
                "seed": "-1",
                "host": "push.example.com",
                "fcm_port": "65536",
                "web_push_port": "http",
            }
        )
    lines = str(caught.value).splitlines()
    assert lines.pop(0) == "--seed -1 is out of range: give a whole number below 2**64."
    assert lines.pop(0).startswith(f"{tmp_path}/nowhere is no fleet: it has no fleet.json.")
    assert [line for line in lines if not line.startswith("--fault gremlins=1 is unknown")] == [
        "--front back is unknown: choose from fast, faulty.",
        "--stale-seconds soon is out of range: give 0 to 86400 seconds.",
        "--most-per-minute -1 is out of range: give pushes a minute, or 0 for any number.",
        "--environment staging is unknown: choose from production, sandbox.",
        "--host push.example.com is no IP address: give one of this machine's, such as 127.0.0.1.",
        "--fcm-port 65536 is out of range: give a port, or 0.",
        "--web-push-port http is out of range: give a port, or 0.",
        "--fault gremlins=1 needs the front end that has faults: add --front faulty.",
        "--folder is missing: name a directory for credentials and journal.",
    ]
    assert len(lines) == 10


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "224.0.0.1"])  # noqa: S104 - that it is refused is the point
def test_an_address_that_no_client_can_be_told_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(UsageError, match="is no address to reach the gateways at"):
        Settings.parse({"folder": str(tmp_path), "host": host})


def test_a_folder_that_cannot_be_made_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError) as caught:
        Settings.parse({"folder": str(tmp_path / "file")})
    assert str(caught.value).splitlines()[0] == f"--folder {tmp_path}/file cannot be made (File exists): name another."
