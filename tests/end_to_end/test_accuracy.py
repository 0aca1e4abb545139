"""What is measured is what happened: a server of known delays, whose own stamps are on the same clock.

How close the figures come is a matter of the machine, and `tests/benchmarks/accuracy.py` measures it. Here is what
holds on any: each stamp stands where it belongs, nothing is missing, no figure is better than the truth.
"""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from results.journal import load
from results.journal.record import Call
from results.latency import MS, quantile
from tests.calibrated.delays import S, grid, truth
from tests.calibrated.process import calibrated
from tests.calibrated.stamps import stamped
from tests.end_to_end.commands import pushfleet

RATE = 100
QUANTILES = {"p50": Fraction(1, 2), "p90": Fraction(9, 10), "p99": Fraction(99, 100), "p999": Fraction(999, 1000)}
SECONDS = {"constant": 3, "bimodal": 5, "tail": 5, "stalls": 11}  # the last has a whole stall in it, whenever it begins
TOO_GOOD = {"constant": "p50", "bimodal": "p90", "tail": "p99", "stalls": "p99"}  # a quantile that is slow by theory


def measured(place: Path, url: str, shape: str, gate: str) -> tuple[dict[str, Any], NDArray[np.void], Path]:
    """A run's summary, its operations by when they were due, and its folder."""
    done = pushfleet(
        *("run", "--host", url, "--client-key", "k", "--api-key", "k", "--scenario", "app_launch", "--run-id", "one"),
        *("--devices", 4000, "--seed", 3, "--rate", RATE, "--arrivals", "constant", "--run-time", f"{SECONDS[shape]}s"),
        *("--max-in-flight", 4000, "--gate", gate, "--json"),
        cwd=place,
    )
    folder = place / "results" / "runs" / "one"
    records = load(folder, "one").records
    operations = records[records["call"] < Call.READBACK]
    return json.loads(done.out), operations[np.argsort(operations["intended"])], folder


@pytest.mark.parametrize("shape", SECONDS)
def test_no_figure_is_better_than_the_truth(shape: str, tmp_path: Path) -> None:
    metric = TOO_GOOD[shape]
    expected = truth(shape, grid(RATE, 0, 10 * S))
    limit = quantile(np.array(expected), QUANTILES[metric]) / MS / 2 if shape != "stalls" else 400
    with calibrated(shape) as url:
        summary, operations, folder = measured(tmp_path, url, shape, f"{metric}(subscribe) < {limit:.3f}ms")
        stamps = stamped(operations, folder, url)
    assert (np.diff(stamps, axis=1) >= 0).all()  # due, sent, read, answered, done
    assert summary["throughput"]["not_sent"] == 0
    assert len(operations) == summary["throughput"]["offered"] == summary["throughput"]["arrivals"]
    due = operations["intended"]  # not the grid of theory: on a slow machine people come while users are still joining
    by_theory = np.array(truth(shape, due.tolist()))
    response = np.sort(operations["done"] - due)
    assert (response >= by_theory).all()
    found = summary["latency_ms"]["subscribe"]["response"]
    assert {name: found[name] for name in QUANTILES} == {
        name: quantile(response, q) / MS for name, q in QUANTILES.items()
    }
    assert summary["gates"][1]["verdict"] in {"violated", "unknown"}, "a limit that the truth breaks was kept"
