"""Whether the judge leaves a correct backend in peace: runs with pushes, faults everywhere, and a killed worker.

Usage: python tests/benchmarks/soak.py [--seeds 1-30] [--seconds 60] [--keep DIR]

Each run lives on three workers, with pushes to a third of the people, gateways that fail, and a backend that is killed
and restarted. In the middle one worker gets a kill -9: what it had not recorded is lost, so that no such run can pass,
and "clean" is a run without an anomaly. A zombie write beside the verdict unknown is none: it tells of a request that
acted late, which nobody can rule out. The exit code is 1 if a run was not clean, did not come to its end, or lost none
or all of its workers.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import psutil

_ROOT: Final = Path(__file__).parents[2]
_RUN: Final = (
    *(sys.executable, "-c", "from locustfiles.cli import main; main()", "run", "--json"),
    *(
        "--mix",
        "adversarial",
        "--devices",
        "400",
        "--rate",
        "60",
        "--processes",
        "3",
        "--backend-processes",
        "2",
        "--timeout",
        "2",
    ),
    *("--readback", "push?share=0.3", "--gate", "errors < 90%"),
    *("--gateway-fault", "reset=0.02", "--gateway-fault", "slow=0.02:0.3", "--gateway-fault", "goaway=0.02"),
    *("--gateway-fault", "throttle=0.02:1", "--gateway-fault", "unavailable=0.02:1", "--gateway-fault", "error=0.02"),
    *("--backend-fault", "kill=13s", "--backend-fault", "restart=17s"),
)
_PATIENCE: Final = 300  # seconds beyond the load
_COLUMNS: Final = "{:>5} {:>10} {:>7} {:>5} {:>6} {:>7} {:>7} {:>7} {:>6}  {:<8} {}"
_LATE: Final = {"zombie_write"}


def lived(seed: int, seconds: int, folder: Path) -> dict[str, Any] | str:
    """One run's summary, or why there is none."""
    command = [*_RUN, "--seed", str(seed), "--run-time", f"{seconds}s", "--results", str(folder), "--run-id", str(seed)]
    with (folder / f"{seed}.log").open("w") as log:
        run = subprocess.Popen(
            command, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            _until_loaded(folder / str(seed), run)
            try:
                run.wait(seconds / 2)
            except subprocess.TimeoutExpired:
                _kill_a_worker(run.pid)
            out, _ = run.communicate(timeout=seconds + _PATIENCE)
        except (TimeoutError, subprocess.TimeoutExpired) as error:
            return f"it did not end: {error}"
        finally:
            _end(run)
    summary: dict[str, Any] | None = json.loads(out) if out.strip() else None
    return f"it ended with code {run.returncode} and no summary: see {seed}.log" if summary is None else summary


def _until_loaded(folder: Path, run: "subprocess.Popen[str]") -> None:
    """Wait until there is something in the journal."""
    deadline = time.monotonic() + _PATIENCE
    while not any(path.stat().st_size > 10_000 for path in (folder / "journal").glob("*.open")):
        if time.monotonic() > deadline:
            raise TimeoutError("the load never began")
        if run.poll() is not None:
            return
        time.sleep(0.1)


def _kill_a_worker(pid: int) -> None:
    """One that records: the master's other children are the backend and the gateways."""
    children = psutil.Process(pid).children(recursive=True)
    workers = [child for child in children if "locustfiles" in " ".join(child.cmdline())]
    if workers:  # the run may be over already, which its summary tells
        workers[-1].kill()


def _end(run: "subprocess.Popen[str]") -> None:
    """Nothing of a run outlives it."""
    if run.poll() is None:
        family = [*psutil.Process(run.pid).children(recursive=True), psutil.Process(run.pid)]
        for member in family:
            member.kill()
    run.communicate()


def row(seed: int, summary: dict[str, Any]) -> tuple[str, bool]:
    """A line of the table, and whether the run was clean."""
    operations, correctness = summary["operations"], summary["correctness"]
    registers, coverage = correctness["registers"], correctness["coverage"]
    found = {name: count for name, count in correctness["anomalies"].items() if count}
    lost = summary["generator"]["workers_lost"]
    tells = lost == 1 and registers["judged"] > 0  # a run that came to nothing proves nothing
    clean = tells and correctness["verdict"] != "violated" and found.keys() <= _LATE
    told = ", ".join(f"{name} {count}" for name, count in found.items()) or "none"
    line = _COLUMNS.format(
        *(seed, operations["total"], operations["ok"], operations["fail"], operations["info"]),
        *(coverage.get("closed_pushes", 0), registers["judged"], registers["unknown"]),
        *(lost, correctness["verdict"], told),
    )
    return line if clean else f"{line}  NOT CLEAN", clean


def main(seeds: Iterable[int], seconds: int, folder: Path) -> int:
    """Run each seed and print its line."""
    print("killed: kill -9 of one worker in mid-run; judged, unknown: registers; closed: pushes known to be over")
    columns = (
        "seed",
        "operations",
        "ok",
        "fail",
        "info",
        "closed",
        "judged",
        "unknown",
        "killed",
        "verdict",
        "anomalies",
    )
    print(_COLUMNS.format(*columns), flush=True)
    bad = []
    for seed in seeds:
        summary = lived(seed, seconds, folder)
        line, clean = (f"{seed:>5} {summary}", False) if isinstance(summary, str) else row(seed, summary)
        print(line, flush=True)
        bad += [] if clean else [seed]
    print(f"not clean: {', '.join(map(str, bad))}" if bad else "all clean")
    return 1 if bad else 0


def _seeds(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=_seeds, default=range(1, 31))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--keep", type=Path, help="where run folders stay; without it they are deleted")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        kept: Path = (asked.keep or Path(scratch)).resolve()
        kept.mkdir(parents=True, exist_ok=True)
        sys.exit(main(asked.seeds, asked.seconds, kept))
