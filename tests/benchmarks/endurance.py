"""Whether the generator grows: `python tests/benchmarks/endurance.py`, half an hour at half of what one core sends.

nginx from Debian has one core and the load the other. First ten seconds of more than any core sends, for the limit;
then half of it, looked at every five seconds. Memory and open files are flat if the medians of the last third and
of the second differ by less than 2 % and by ten at the most. In the first what is remembered of phones fills up.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.answering import nginx, requests

FLOOD: Final = 15_000  # arrivals a second that no core sends
LOOK_EVERY: Final = 5.0  # seconds
MOST_GROWTH: Final = 0.02  # of the memory
MOST_FILES: Final = 10


class Look(NamedTuple):
    """The process at one moment."""

    memory: int  # bytes resident
    files: int
    threads: int


def main() -> None:
    """Print a line a minute, and what grew; exit with 1 if anything did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    options = parser.parse_args()
    if options.minutes < 1:
        parser.error("less than a minute tells nothing")
    cores = sorted(os.sched_getaffinity(0))
    with nginx(cores[-1]) as port, tempfile.TemporaryDirectory(prefix="pushfleet-bench-") as folder:
        command = ("taskset", "-c", str(cores[0]), *_command(port, Path(folder)))
        limit = _limit(command, Path(folder))
        print(f"The most that one core sends: {limit:,.0f} a second. Half of it:", flush=True)
        looks = _endured(
            (*command, "--rate", str(limit / 2), "--run-time", f"{options.minutes + 5:.0f}m"),
            port,
            options.minutes * 60,
        )
    sys.exit(_judged(looks))


def _command(port: int, folder: Path) -> tuple[str, ...]:
    return (
        *(sys.executable, "-c", "from locustfiles.cli import main; main()", "run"),
        *("--host", f"http://127.0.0.1:{port}", "--client-key", "k", "--api-key", "k", "--scenario", "app_launch"),
        *("--devices", "60000", "--fleet", str(folder / "fleet"), "--seed", "1"),
        *("--max-in-flight", "2000", "--results", str(folder / "runs")),
    )


def _limit(command: tuple[str, ...], folder: Path) -> float:
    flood = (*command, "--rate", str(FLOOD), "--run-time", "10s", "--run-id", "limit")
    # Its exit code is its verdict: unknown, for nothing is read back.
    subprocess.run(flood, check=False, capture_output=True)
    summary = json.loads((folder / "runs" / "limit" / "summary.json").read_bytes())
    return float(summary["throughput"]["sent_per_second"])


def _endured(command: tuple[str, ...], port: int, seconds: float) -> list[Look]:
    looks: list[Look] = []
    load = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        began = time.monotonic()
        count, minute = requests(port), began
        while (now := time.monotonic()) < began + seconds and load.poll() is None:
            time.sleep(LOOK_EVERY)
            if load.poll() is not None:
                break
            looks.append(Look(load.memory_info().rss, load.num_fds(), load.num_threads()))
            if now - minute >= 60:
                done = requests(port)
                print(f"{(now - began) / 60:5.0f} min  {_told(looks[-1])}  {(done - count) / (now - minute):,.0f}/s")
                sys.stdout.flush()
                count, minute = done, now
        if load.poll() is not None:
            sys.exit(f"The load ended early, with {load.returncode}.")
    finally:
        if load.poll() is None:
            load.kill()
        load.wait()
    return looks


def _judged(looks: list[Look]) -> int:
    third = len(looks) // 3
    before, after = (Look(*map(median, zip(*part, strict=True))) for part in (looks[third:-third], looks[-third:]))
    grown, files = after.memory / before.memory - 1, after.files - before.files
    print(f"second third: {_told(before)}; last third: {_told(after)}; memory {grown:+.2%}")
    return int(abs(files) > MOST_FILES or grown > MOST_GROWTH)


def _told(look: Look) -> str:
    return f"{look.memory / 1e6:,.1f} MB, {look.files:.0f} files, {look.threads:.0f} threads"


if __name__ == "__main__":
    main()
