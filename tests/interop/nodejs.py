"""Clients from npm: scripts in `node`, played by Node where it is installed."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

_SOURCES = Path(__file__).with_name("node")
_PATIENCE = 120  # seconds: a bound on what hangs
_OLDEST = 20  # of @parse/node-apn 8's "engines"


def missing() -> str:
    """Why the clients cannot be played here; empty if they can."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "not run: the clients from npm need Node and npm, which are not installed here"
    version = _run(["node", "--version"], Path.cwd()).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < _OLDEST:
        return f"not run: the clients from npm need Node {_OLDEST} or newer, and {version} is installed here"
    return ""


def install(folder: Path) -> Path:
    """Fill a folder with the scripts and, from npm's registry, the packages of the lock file."""
    for source in _SOURCES.iterdir():
        if source.is_file():
            shutil.copy(source, folder)
    done = _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"], folder)
    assert done.returncode == 0, done.stderr
    return folder


def play(folder: Path, script: str, said: dict[str, Any]) -> dict[str, Any]:
    """What a script prints. AssertionError if it fails, or reaches for anything but this machine."""
    done = attempt(folder, script, said)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert told.pop("connected") == ["127.0.0.1"]
    return told


def attempt(folder: Path, script: str, said: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """Play a script under the watch of closed.js, whatever comes of it."""
    return _run(["node", "--require", "./closed.js", script, json.dumps(said)], folder)


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE, check=False)
