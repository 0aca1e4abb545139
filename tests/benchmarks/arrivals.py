"""How late open arrivals are sent from one core, at a high rate and at shares of what it can do.

`python tests/benchmarks/arrivals.py`: nginx from Debian has one core and the generator the other. First 10,000 arrivals
a second, also while their users are being spawned; then the most that one core sends, and 20, 50, 80 and 120 % of it,
with what the verdict makes of each. Wants two idle cores and nginx.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from results.journal import load
from results.journal.record import Call
from results.latency import MS, quantile
from tests.benchmarks.answering import nginx

GOALS: Final = {0.99: 2.0, 0.999: 20.0}  # quantile of the send lag → ms
GATE: Final = "p99(subscribe) < 50ms"
FLOOD: Final = 60_000  # arrivals a second that no core sends
SHARES: Final = (0.2, 0.5, 0.8, 1.2)


def main() -> None:
    """Print the tables; exit with 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=60, help="of the first load; the others take a sixth of it")
    parser.add_argument("--devices", type=int, default=100_000)
    parser.add_argument("--only-rate", action="store_true", help="only the first load")
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    with nginx(cores[-1]) as port, tempfile.TemporaryDirectory(prefix="pushfleet-bench-") as folder:
        place = _Place(port, cores[0], Path(folder), options.devices)
        missed = _at_rate(place, options.rate, options.seconds)
        if not options.only_rate:
            _at_shares(place, max(5, options.seconds // 6))
    sys.exit(missed)


class _Place:
    """Where loads run, each in a process of its own on one core."""

    def __init__(self, port: int, core: int, folder: Path, devices: int) -> None:
        self._devices = str(devices)
        self._host, self._core, self._folder = f"http://127.0.0.1:{port}", core, folder
        self._number = 0

    def load(self, seconds: int, *amount: str) -> tuple[dict[str, Any], Path]:
        """Run one; its summary and its folder."""
        self._number += 1
        name = f"run-{self._number}"
        options = (
            *("taskset", "-c", str(self._core), sys.executable, "-m", "locust", "-f", "locustfiles/subscribe.py"),
            *("--headless", "--only-summary", "--skip-log", "-t", f"{seconds}s", *amount),
            *("--devices", self._devices, "--fleet", str(self._folder / "fleet")),
            *("--scenario", "app_launch", "--seed", "1"),
            *("--host", self._host, "--client-key", "k", "--api-key", "k", "--max-in-flight", "2000"),
            *("--results", str(self._folder / "runs"), "--run-id", name, "--gate", GATE),
        )
        # Its exit code is its verdict: unknown, for nothing is read back.
        subprocess.run(options, cwd=Path(__file__).parents[2], check=False, capture_output=True)
        folder = self._folder / "runs" / name
        return json.loads((folder / "summary.json").read_bytes()), folder


def _at_rate(place: _Place, rate: int, seconds: int) -> int:
    """Users of one arrival a second each, as the web UI has them, spawned over a sixth of the time; 1 if too late."""
    said, folder = place.load(seconds, "-u", str(rate), "-r", str(rate * 6 / seconds))
    records = load(folder, folder.name).records
    mine = records[records["call"] < Call.READBACK]
    lag = mine["sent"] - mine["intended"]
    all_there = mine["intended"] >= mine["intended"].min() + seconds / 6 * 1e9
    print(f"{rate:,} arrivals a second, a user each, for {seconds} s")
    missed = False
    for what, those in (("spawning", ~all_there), ("all there", all_there)):
        found = {q: quantile(np.sort(lag[those]), Fraction(str(q))) / MS for q in (0.5, 0.9, 0.99, 0.999, 1)}
        shown = "".join(f"  p{100 * q:g} {value:8.2f}" for q, value in found.items())
        print(f"  send lag, {what:<9}{shown} ms")
        missed |= any(found[q] > most for q, most in GOALS.items())
    print(f"  {_told(said)}")
    return int(missed)


def _at_shares(place: _Place, seconds: int) -> None:
    said, _ = place.load(seconds, "-u", "200", "-r", "200", "--rate-per-user", str(FLOOD / 200))
    limit = said["throughput"]["sent_per_second"]
    print(f"\nThe most that one core sends: {limit:,.0f} a second. {_told(said)}")
    for share in SHARES:
        said, _ = place.load(seconds, "-u", "200", "-r", "200", "--rate-per-user", str(limit * share / 200))
        print(f"  {share:.0%}: {_told(said)}")


def _told(said: dict[str, Any]) -> str:
    lag, rate, generator = said["latency_ms"]["subscribe"]["send_lag"], said["throughput"], said["generator"]
    gate = next(each for each in said["gates"] if each["gate"] == GATE)
    adds_up = rate["offered"] == said["operations"]["total"] + rate["not_sent"] == rate["arrivals"]
    return (
        f"sent {rate['sent_per_second']:,.0f}/s of {rate['offered']:,} offered, {rate['not_sent']:,} not sent, "
        f"{'adds up' if adds_up else 'DOES NOT ADD UP'}; send lag p50 {lag['p50']:.2f}, p99 {lag['p99']:.2f}, "
        f"p99.9 {lag['p999']:.2f}, max {lag['max']:.1f} ms; stalls {generator['stalls']:,}, the longest "
        f"{generator['max_stall_ms']:.0f} ms; CPU {generator['cpu_percent']:.0f} %; {GATE}: {gate['verdict']}; "
        f"generator: {generator['verdict']}"
    )


if __name__ == "__main__":
    main()
