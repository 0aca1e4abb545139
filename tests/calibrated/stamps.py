"""A run's records beside what the calibrated server noted of the same requests."""

from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from results.run import Run
from simulator.fleet import Fleet
from simulator.tokens import Provenance, mint
from tests.calibrated.process import handled


def stamped(operations: NDArray[np.void], folder: Path, url: str) -> NDArray[np.int64]:
    """(intended, sent, read, answered, done) of each operation, put together by its token; shape (n, 5)."""
    fleet = Fleet.open(Path(Run.read(folder).fleet))
    seen = defaultdict(list)
    for each in handled(url):
        seen[each.token].append(each)
    rows = []
    # A person does one thing at a time, so the requests with one token are in the same order on both sides.
    for row in operations[np.argsort(operations["sent"])]:
        token = mint(Provenance.of(fleet.number, int(row["register"]), int(row["value"])))
        server = seen[token].pop(0)
        rows.append((row["intended"], row["sent"], server.read, server.answered, row["done"]))
    assert not any(seen.values()), "the server answered what no record tells of"
    return np.array(rows, np.int64)
