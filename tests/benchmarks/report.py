"""How long the reports of a large run take, and how big they are: `python tests/benchmarks/report.py`.

One process; once. Making up the journal is not timed. One record in ten is a delivery of a push, one in three of them
stale, and twenty examples of every class of anomaly are told, drawn and replayed.
"""

import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2]))

from results.anomalies import ANOMALIES
from results.gates import parse_gates
from results.journal.record import RECORD, Call
from results.judgement import Example, Judgement, Step, Stretch
from results.reporters import write_reports
from results.summary import summarise
from results.verdict import Verdict
from tests.results.recorded import BEGAN, MS, S, journal, judged, load, run, stall

OPERATIONS = 10_000_000
REGISTERS = 200_000
SECONDS = 3600
GOAL_SECONDS = 15
GOAL_BYTES = 6_000_000
GATES = ("p99(subscribe) < 250ms", "p99.9(subscribe/ios) < 1s", "throughput > 2000/s")


def main() -> None:
    """Print seconds and bytes; exit with 1 if either misses its goal."""
    records, known, judgement = _records(), run(load=load(SECONDS)), _judgement()
    with tempfile.TemporaryDirectory() as folder:
        start = perf_counter()
        summary = summarise(known, records, judgement, parse_gates(GATES))
        summed_up = perf_counter()
        paths = write_reports(Path(folder), known, records, judgement, summary)
        written = perf_counter()
        size = sum(path.stat().st_size for path in paths.values())
    sys.stdout.write(
        f"{OPERATIONS:,} operations: summary {summed_up - start:.1f} s, reports {written - summed_up:.1f} s, "
        f"{size:,} bytes\n"
    )
    sys.exit(written - start > GOAL_SECONDS or size > GOAL_BYTES)


def _records() -> NDArray[np.void]:
    random = np.random.default_rng(1)
    records = np.zeros(OPERATIONS, RECORD)
    records["call"] = random.random(OPERATIONS) < 0.1
    records["status"] = 200
    records["register"] = random.integers(1, REGISTERS, OPERATIONS) << 8 | random.integers(1, 6, OPERATIONS)
    records["intended"] = BEGAN + np.sort(random.integers(0, SECONDS * S, OPERATIONS))
    records["sent"] = records["intended"] + random.exponential(0.4 * MS, OPERATIONS).astype(np.int64)
    records["done"] = records["sent"] + random.lognormal(15, 0.7, OPERATIONS).astype(np.int64)
    _number_tokens(records)
    pushed = random.random(OPERATIONS) < 0.1
    records["call"][pushed] = Call.DELIVERY
    stale = pushed & (random.random(OPERATIONS) < 0.33)
    records["value"][stale] = np.maximum(records["value"][stale] - random.integers(1, 4, int(stale.sum())), 1)
    return journal(records, stall(100_000, 100_500))


def _number_tokens(records: NDArray[np.void]) -> None:
    """Each record of a register has the token after that of the one before it."""
    order = np.argsort(records["register"], kind="stable")
    first = np.searchsorted(records["register"][order], records["register"][order])
    records["value"][order] = np.arange(len(records)) - first + 1


def _judgement() -> Judgement:
    """Everything that a judgement can tell."""
    steps = [
        Step("subscribe", "ios/dev-1", 7, f"g{at}", "ok", 200, at, at + 0.01, "was acknowledged") for at in range(6)
    ]
    must = Stretch(5.01, 9.0, "g5 or a newer one must stand here")
    told = ("A sentence of an explanation, of which there are a few. " * 6, steps, must, "curl -sS http://…\n" * 80)
    examples = [Example(name, "ios/dev-1", *told) for name in ANOMALIES for _ in range(20)]
    return judged(verdict=Verdict.VIOLATED, found=dict.fromkeys(ANOMALIES, 20), examples=examples)


if __name__ == "__main__":
    main()
