from pathlib import Path

import pytest

from simulator.backend.settings import Settings
from simulator.errors import UsageError


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        Settings.parse(
            database=tmp_path, host="x", port="http", bug="none", durability="eternal", given={"api_key": "a\nb"}
        )
    lines = str(raised.value).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["--database", "--port", "--bug", "--durability", "api_key"]
    assert "a\nb" not in str(raised.value)


@pytest.mark.parametrize("port", ["-1", "65536", "", "8o80", "٣"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    with pytest.raises(UsageError, match="--port"):
        Settings.parse(database=tmp_path / "b", host="x", port=port, bug=None, durability="kill", given={})


def test_keys_that_are_left_out_are_drawn_and_none_is_shown(tmp_path: Path) -> None:
    given = {"client_key": "", "api_key": None, "jwt_secret": "given"}
    first, second = (
        Settings.parse(database=tmp_path / "b", host="x", port="0", bug=None, durability="power", given=given)
        for _ in range(2)
    )
    assert first.client_key != second.client_key
    assert first.api_key != second.api_key
    assert first.jwt_secret == "given"
    assert not {first.client_key, first.api_key, "given"} & set(repr(first).replace("'", " ").split())
