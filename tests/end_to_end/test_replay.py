"""What a report tells of a violation can be done again, by pasting it into a shell."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.commands import PATIENCE, PUSHFLEET, environment, pushfleet, started

KEYS = {"IM_CLIENT_KEY": "the client key", "IM_API_KEY": "the API key"}


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The worst duplicate that a run found where a new token leaves the old one's row standing."""
    load = ("--devices", 100, "--rate", 200, "--run-time", "3s", "--seed", 11)
    done = pushfleet("run", *load, "--bug", "key-on-token", "--json", cwd=tmp_path_factory.mktemp("run"))
    examples = done.summary["correctness"]["examples"]
    # Of one person's: the rows of a former owner cannot be counted by an unsubscribe.
    found: dict[str, Any] = next(
        each for each in examples if each["anomaly"] == "duplicate_subscription" and len(_people(each)) == 1
    )
    return found


def _people(example: dict[str, Any]) -> set[int]:
    return {one["person"] for one in example["witness"] if one["call"] == "subscribe"}


@contextmanager
def backend(folder: Path, *options: str) -> Iterator[str]:
    """The URL of a backend in the foreground."""
    keys = ("--client-key", KEYS["IM_CLIENT_KEY"], "--api-key", KEYS["IM_API_KEY"])
    with started("serve", *keys, *options, cwd=folder) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]


def replayed(script: str, url: str, folder: Path) -> list[dict[str, Any]]:
    """What the script prints: the answers of the API, one a line."""
    if shutil.which("curl") is None:
        pytest.skip("a replay is a script for curl, which this machine lacks")
    command = folder / "bin" / "pushfleet"
    command.parent.mkdir()
    command.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{PUSHFLEET[2]}' \"$@\"\n")
    command.chmod(0o755)
    ours = environment()
    path = f"{command.parent}:{ours['PATH']}"
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=folder,
        env={**ours, **KEYS, "IM_URL": url, "PATH": path},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_replay_shows_the_anomaly_where_the_bug_is(example: dict[str, Any], tmp_path: Path) -> None:
    with backend(tmp_path, "--bug", "key-on-token") as url:
        answers = replayed(example["replay"], url, tmp_path)

    assert {answer["RC"] for answer in answers} == {0}
    assert answers[-1]["result"] == {"n": 2, "ok": 1}


def test_a_replay_shows_nothing_where_the_backend_is_right(example: dict[str, Any], tmp_path: Path) -> None:
    with backend(tmp_path) as url:
        answers = replayed(example["replay"], url, tmp_path)

    assert {answer["RC"] for answer in answers} == {0}
    assert answers[-1]["result"] == {"n": 1, "ok": 1}


def test_a_replay_holds_no_secret_and_no_token(example: dict[str, Any]) -> None:
    script = example["replay"]

    assert not re.search(r"[0-9a-fA-F]{64}|APA91b|https://(?!127)", script)
    assert re.findall(r"IM-(?:CLIENT-KEY|API-KEY): (\S+)\"", script) == ["$IM_CLIENT_KEY", "$IM_API_KEY"]
