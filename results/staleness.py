"""How old the tokens were that pushes carried.

The age of a delivered token is the time from the first acknowledgement that superseded it to the push request:
0 if nothing had. A write supersedes another of the same register if it carries another value, was sent after the
other one was acknowledged, and was itself acknowledged. A token whose own write is in doubt (info) has age 0: it
may have taken effect after whatever came later. The checker decides what is an anomaly; this is a measure only.
"""

import numpy as np
from numpy.typing import NDArray

from results.journal.record import Call, Outcome


def stale_ages(records: NDArray[np.void]) -> NDArray[np.int64]:
    """Ages in ns of every minted token that a push delivered, ascending: shape (n,), 0 for a fresh one."""
    delivered = records[(records["call"] == Call.DELIVERY) & (records["value"] >= 0)]
    if not len(delivered):
        return np.empty(0, np.int64)
    writes = records[(records["call"] == Call.SUBSCRIBE) & (records["outcome"] != Outcome.FAIL)]
    writes = writes[np.isin(writes["register"], delivered["register"])]
    superseded = _first_supersession(writes)
    ages = [
        max(0, sent - superseded.get((register, value), sent))
        for register, value, sent in zip(
            delivered["register"].tolist(), delivered["value"].tolist(), delivered["sent"].tolist(), strict=True
        )
    ]
    return np.sort(np.array(ages, np.int64))


def _first_supersession(writes: NDArray[np.void]) -> dict[tuple[int, int], int]:
    """(register, value) → when it was first surely superseded."""
    ended: dict[tuple[int, int], int] = {}
    in_doubt: set[tuple[int, int]] = set()
    acknowledged: dict[int, list[tuple[int, int, int]]] = {}
    columns = (writes[name].tolist() for name in ("register", "value", "sent", "done", "outcome"))
    for register, value, sent, done, outcome in zip(*columns, strict=True):
        if outcome != Outcome.OK:
            in_doubt.add((register, value))
            continue
        ended[register, value] = max(done, ended.get((register, value), done))
        acknowledged.setdefault(register, []).append((done, sent, value))
    first: dict[tuple[int, int], int] = {}
    for (register, value), end in ended.items():
        later = [done for done, sent, other in acknowledged[register] if other != value and sent > end]
        if later and (register, value) not in in_doubt:
            first[register, value] = min(later)
    return first
