"""Commands as a user types them, each in a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]
PUSHFLEET = [sys.executable, "-c", "from locustfiles.cli import main; main()"]
LOCUST = [sys.executable, "-m", "locust"]
PATIENCE = 120.0  # seconds: a bound on a test that hangs, no measure of anything


@dataclass(frozen=True)
class Result:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def summary(self) -> dict[str, Any]:
        """The JSON on stdout, where there must be nothing else."""
        return summary_of(self.out)

    @property
    def anomalies(self) -> set[str]:
        """The anomalies that the summary counts."""
        return {name for name, count in self.summary["correctness"]["anomalies"].items() if count}


def summary_of(out: str) -> dict[str, Any]:
    """The JSON that a run printed. Operations offered = ok + fail + info + not_sent in it, always."""
    summary: dict[str, Any] = json.loads(out)
    throughput, operations = summary["throughput"], summary["operations"]
    kinds = operations["by_kind"].values()
    assert throughput["offered"] == sum(operations[name] for name in ("ok", "fail", "info")) + throughput["not_sent"]
    for name in ("ok", "fail", "info", "total"):
        assert operations[name] == sum(kind[name] for kind in kinds)
    return summary


def environment() -> dict[str, str]:
    """Ours, without what would change a command."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PUSHFLEET_", "LOCUST_"))}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}


def pushfleet(
    *arguments: object, cwd: Path, command: list[str] | None = None, patience: float = PATIENCE, **extra: str
) -> Result:
    """Run a command to its end, which must come within `patience` seconds."""
    done = subprocess.run(
        [*(command or PUSHFLEET), *map(str, arguments)],
        cwd=cwd,
        env={**environment(), **extra},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=patience,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


@contextmanager
def started(*arguments: object, cwd: Path, command: list[str] | None = None) -> Iterator["subprocess.Popen[str]"]:
    """A command that is still running; ended by its id at the latest when the test is over."""
    process = subprocess.Popen(
        [*(command or PUSHFLEET), *map(str, arguments)],
        cwd=cwd,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for stream in (process.stdout, process.stderr):
            close(stream)


def close(stream: IO[str] | None) -> None:
    """Close a pipe if there is one."""
    if stream is not None:
        stream.close()


def until(true: Callable[[], object], what: str) -> None:
    """Wait for something to come true, within bounds."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"it never came to this: {what}"
        time.sleep(0.05)
