"""How close measured quantiles come to the truth: `python tests/benchmarks/accuracy.py`.

A server of known delays (tests/calibrated) has one core and the load the other: 500 arrivals a second, equally far
apart. The truth is computed twice: by theory, from the schedule and the delays alone and from no clock; and by the
server, from when it answered, which theory puts too early by the time that a backlog takes to be worked off. A figure
is close if it lies between the two, or within 2 % or 1 ms of one. Beside them stands what Locust reports of fifty
closed users who ask for the same rate. Wants two idle cores.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2]))

from results.journal import load
from results.journal.record import Call
from results.latency import MS, Spread
from tests.calibrated.delays import DELAYS, grid, truth
from tests.calibrated.process import calibrated
from tests.calibrated.stamps import stamped

ROOT: Final = Path(__file__).parents[2]
RATE: Final = 500
CLOSED: Final = 50  # users of Locust's own
LOCUSTS: Final = {"p50": "50%", "p90": "90%", "p99": "99%", "p999": "99.9%"}  # columns of its CSV
CLOSE: Final = (0.02, 1.0)  # of the truth, or ms


def main() -> None:
    """Print a table for each shape of delays; exit with 1 if a figure is not close."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--shapes", nargs="*", default=sorted(DELAYS), choices=sorted(DELAYS))
    options = parser.parse_args()
    missed = [shape for shape in options.shapes if not _compare(shape, options.seconds)]
    if missed:
        sys.exit(f"Not close to the truth: {', '.join(missed)}.")


def _compare(shape: str, seconds: int) -> bool:
    cores = sorted(os.sched_getaffinity(0))
    mine, servers = (("taskset", "-c", str(core)) for core in (cores[0], cores[-1]))
    with tempfile.TemporaryDirectory(prefix="pushfleet-bench-") as folder:
        with calibrated(shape, "--exact", pinned=servers) as url:
            theory, server, said = _ours(shape, url, seconds, Path(folder), mine)
        with calibrated(shape, "--exact", pinned=servers) as url:
            theirs = _locusts(url, seconds, Path(folder), mine)
    measured, lag = said["latency_ms"]["subscribe"]["response"], said["latency_ms"]["subscribe"]["send_lag"]
    close = {name: _is_close(theory[name], measured[name], server[name]) for name in LOCUSTS}
    _say(f"\n{shape}: {said['throughput']['offered']:,} operations, {said['throughput']['not_sent']:,} not sent")
    heads = ("by theory", "by server", "measured", "send lag", "Locust, closed")
    _say(f"{'response, ms':<12}" + "".join(f"{head:>16}" for head in heads))
    for name in LOCUSTS:
        figures = (theory[name], server[name], measured[name], lag[name], theirs[name])
        _say(f"{name:<12}" + "".join(f"{figure:>16.2f}" for figure in figures) + ("" if close[name] else "  FAR"))
    generator = said["generator"]
    _say(f"stalls {generator['stalls']:,}, the longest {generator['max_stall_ms']:.0f} ms; {generator['verdict']}")
    return all(close.values())


def _is_close(theory: float, measured: float, server: float) -> bool:
    share, most = CLOSE
    return theory - max(share * theory, most) <= measured <= server + max(share * server, most)


def _ours(
    shape: str, url: str, seconds: int, folder: Path, pinned: Sequence[str]
) -> tuple[dict[str, float], dict[str, float], Any]:
    """The truth by theory and by the server, by quantile in ms, and the summary of what we measured."""
    options = (
        *("run", "--host", url, "--client-key", "k", "--api-key", "k", "--scenario", "app_launch", "--seed", "1"),
        *("--devices", "20000", "--rate", str(RATE), "--arrivals", "constant", "--run-time", f"{seconds}s"),
        *("--max-in-flight", "10000", "--results", str(folder), "--run-id", "ours", "--json"),
    )
    command = (*pinned, sys.executable, "-c", "from locustfiles.cli import main; main()", *options)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    records = load(folder / "ours", "ours").records
    stamps = stamped(records[records["call"] < Call.READBACK], folder / "ours", url)
    due, answered = stamps[:, 0], stamps[:, 3]
    theory = np.array(truth(shape, grid(RATE, int(due.min()) - 1000, int(due.max()) + 1000)), np.int64)
    return _quantiles(theory), _quantiles(answered - due), json.loads(done.stdout)


def _quantiles(nanoseconds: NDArray[np.int64]) -> dict[str, float]:
    spread = Spread.of(nanoseconds, unit=MS)
    return {name: getattr(spread, name) for name in LOCUSTS}


def _locusts(url: str, seconds: int, folder: Path, pinned: Sequence[str]) -> dict[str, float]:
    """What Locust says of its own closed users, by quantile in ms."""
    locust = (*pinned, sys.executable, "-m", "locust", "-f", "tests/benchmarks/paced.py", "--headless", "--host", url)
    amount = ("-u", str(CLOSED), "-r", str(CLOSED), "-t", f"{seconds}s", "--csv", str(folder / "locust"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run((*locust, *amount), cwd=ROOT, capture_output=True, check=False, env=environment)
    with (folder / "locust_stats.csv").open() as file:
        row = next(each for each in csv.DictReader(file) if each["Name"] == "/me/subscribe")
    return {name: float(row[column]) for name, column in LOCUSTS.items()}


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
