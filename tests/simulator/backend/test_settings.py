from pathlib import Path

import pytest

from simulator.backend.settings import Settings
from simulator.errors import UsageError


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    wrong = {"store": tmp_path, "port": "http", "bug": "none", "durability": "eternal", "processes": "65"}
    with pytest.raises(UsageError) as raised:
        Settings.parse({**wrong, "api_limit": "many", "policy": ["key=owner"]}, {"api_key": "a\nb"})
    lines = str(raised.value).splitlines()
    named = ["--store", "--port", "--processes", "--bug", "--durability", "--policy", "--api-limit", "api_key"]
    assert [line.split(" ")[0] for line in lines] == named
    assert "a\nb" not in str(raised.value)


@pytest.mark.parametrize("port", ["-1", "65536", "", "8o80", "٣"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    with pytest.raises(UsageError, match="--port"):
        Settings.parse({"store": tmp_path / "b", "port": port}, {})


@pytest.mark.parametrize("processes", ["0", "65", "2x"])
def test_a_number_of_processes_that_is_none_is_refused(tmp_path: Path, processes: str) -> None:
    with pytest.raises(UsageError, match=f"--processes {processes} is out of range: give 1 to 64 processes"):
        Settings.parse({"store": tmp_path / "b", "processes": processes}, {})


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    settings = Settings.parse({"store": str(tmp_path / "b")}, {})
    assert (settings.host, settings.port, settings.processes, settings.bug) == ("127.0.0.1", 0, 1, None)


def test_keys_that_are_left_out_are_drawn_and_none_is_shown(tmp_path: Path) -> None:
    given = {"client_key": "", "api_key": None, "jwt_secret": "given"}
    first, second = (Settings.parse({"store": tmp_path / "b"}, given) for _ in range(2))
    assert first.client_key != second.client_key
    assert first.api_key != second.api_key
    assert first.jwt_secret == "given"
    assert not {first.client_key, first.api_key, "given"} & set(repr(first).replace("'", " ").split())


def test_a_password_of_the_store_is_not_shown() -> None:
    settings = Settings.parse({"store": "postgresql://im:pass-word@127.0.0.1:5/im"}, {})
    assert "pass-word" not in repr(settings)
