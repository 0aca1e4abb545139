"""How old the tokens were that pushes carried.

The age of a delivered token is the time from the first acknowledgement that superseded it to the push request:
0 if nothing had. A write supersedes another of the same register if it carries another value, was sent after the
other one was acknowledged, and was itself acknowledged. A token whose own write is in doubt (info) has age 0: it
may have taken effect after whatever came later. The checker decides what is an anomaly; this is a measure only.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from results.journal.record import NOBODY, Call, Outcome

_HALF: Final = np.int64(32)  # keys hold a dense register number above these bits and a rank below them


def stale_ages(records: NDArray[np.void]) -> NDArray[np.int64]:
    """Ages in ns of every minted token that a push delivered, ascending: shape (n,), 0 for a fresh one."""
    ours = (records["call"] == Call.DELIVERY) & (records["owner"] != NOBODY)  # others' pushes began nobody knows when
    delivered = records[ours & (records["value"] >= 0)]
    if not len(delivered):
        return np.empty(0, np.int64)
    writes = records[(records["call"] == Call.SUBSCRIBE) & (records["outcome"] != Outcome.FAIL)]
    writes = writes[np.isin(writes["register"], delivered["register"])]
    superseded = _superseded_at(writes, delivered)
    ages: NDArray[np.int64] = np.sort(np.maximum(delivered["sent"] - superseded, 0))
    return ages


def _superseded_at(writes: NDArray[np.void], delivered: NDArray[np.void]) -> NDArray[np.int64]:
    """When each delivered token was first surely superseded, the end of time if never: shape of `delivered`."""
    never = np.int64(np.iinfo(np.int64).max)
    register = _dense(np.concatenate((writes["register"], delivered["register"])))
    token = _dense(register << _HALF | _dense(np.concatenate((writes["value"], delivered["value"]))))
    mine, count = slice(len(writes), None), len(writes)
    ok = writes["outcome"] == Outcome.OK
    times, ranks = np.unique(np.concatenate((writes["sent"], writes["done"])), return_inverse=True)
    sent, done = ranks[:count], ranks[count:]

    acknowledged = np.full(token.max() + 1, -1)  # by token: rank of its last acknowledgement
    np.maximum.at(acknowledged, token[:count][ok], done[ok])
    acknowledged[token[:count][~ok]] = -1  # in doubt

    by_sending = np.lexsort((sent[ok], register[:count][ok]))
    sendings = (register[:count][ok] << _HALF | sent[ok])[by_sending]
    endings = (register[:count][ok] << _HALF | done[ok])[by_sending]
    # From the back, a register's keys are all smaller than those before it, so the minimum starts anew with each.
    earliest = np.append(np.minimum.accumulate(endings[::-1])[::-1], np.int64(-1))

    end = acknowledged[token[mine]]
    found = earliest[np.searchsorted(sendings, register[mine] << _HALF | np.maximum(end, 0), side="right")]
    superseded = (end >= 0) & (found >> _HALF == register[mine])
    moments = np.append(times, never)
    first: NDArray[np.int64] = moments[np.where(superseded, found & 0xFFFFFFFF, -1)]
    return first


def _dense(values: NDArray[np.generic]) -> NDArray[np.int64]:
    places: NDArray[np.int64] = np.unique(values, return_inverse=True)[1].astype(np.int64)
    return places
