import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulator.fleet import Fleet

ROOT = Path(__file__).parents[3]


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet.create(tmp_path / "fleet", 1000, 7)


@pytest.fixture
def start() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start Python code in a process of its own; its arguments are in `sys.argv`. Whoever is left is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(code: str, *arguments: object) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", f"import sys\nfrom pathlib import Path\n{code}", *map(str, arguments)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def answer(start: Callable[..., "subprocess.Popen[str]"]) -> Callable[..., str]:
    """Run Python code in a process of its own and return what it printed."""

    def ask(code: str, *arguments: object) -> str:
        said, complaint = (process := start(code, *arguments)).communicate(timeout=60)
        assert process.returncode == 0, complaint
        return said

    return ask
