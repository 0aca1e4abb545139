"""How long the reports of a large run take, and how big they are: `python tests/benchmarks/report.py`.

One process; once. Making up the journal is not timed.
"""

import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2]))

from results.gates import parse_gates
from results.journal.record import RECORD
from results.reporters import write_reports
from results.summary import summarise
from tests.results.recorded import BEGAN, MS, S, journal, judged, load, run, stall

OPERATIONS = 10_000_000
SECONDS = 3600
GOAL_SECONDS = 15
GOAL_BYTES = 6_000_000
GATES = ("p99(subscribe) < 250ms", "p99.9(subscribe/ios) < 1s", "throughput > 2000/s")


def main() -> None:
    """Print seconds and bytes; exit with 1 if either misses its goal."""
    records, known, judgement = _records(), run(load=load(SECONDS)), judged()
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
    records["register"] = random.integers(1, 6, OPERATIONS)
    records["intended"] = BEGAN + np.sort(random.integers(0, SECONDS * S, OPERATIONS))
    records["sent"] = records["intended"] + random.exponential(0.4 * MS, OPERATIONS).astype(np.int64)
    records["done"] = records["sent"] + random.lognormal(15, 0.7, OPERATIONS).astype(np.int64)
    return journal(records, stall(100_000, 100_500))


if __name__ == "__main__":
    main()
