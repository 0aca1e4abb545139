"""How old the tokens were that pushes carried.

The age of a delivered token is the time from the first acknowledgement that superseded it to the push request:
0 if nothing had. A write supersedes another of the same register if it carries another value, was sent after the
other one was acknowledged, and was itself acknowledged. A token whose own write is in doubt (info) has age 0: it
may have taken effect after whatever came later. The checker decides what is an anomaly; this is a measure only.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from results.counting import count_below
from results.journal.record import NOBODY, Call, Outcome
from results.latency import Spread

_HALF: Final = np.int64(32)  # keys hold a dense register number above these bits and a rank below them


def stale_ages(records: NDArray[np.void]) -> NDArray[np.int64]:
    """Ages in ns of every minted token that a push delivered, ascending: shape (n,), 0 for a fresh one."""
    return np.sort(_aged(records)[1])


@dataclass(frozen=True, slots=True)
class Staleness:
    """How old the tokens were that pushes carried."""

    delivered: int
    stale: int
    age_ms: Spread  # over all that were delivered
    stale_age_ms: Spread | None  # over the stale ones, if there are any
    writes_skipped: Spread | None  # over the stale ones: newer tokens acknowledged by then; a number and no time

    @classmethod
    def of(cls, records: NDArray[np.void]) -> Self | None:
        """Take them from a run's journal (dtype RECORD, any order); None if no push delivered a minted token."""
        delivered, ages = _aged(records)
        if not len(ages):
            return None
        stale = ages > 0
        skipped = writes_skipped(records, delivered[stale])
        return cls(
            delivered=len(ages),
            stale=len(skipped),
            age_ms=Spread.of(ages.copy()),
            stale_age_ms=Spread.of(ages[stale]) if len(skipped) else None,
            writes_skipped=Spread.of(skipped, unit=1) if len(skipped) else None,
        )


def _aged(records: NDArray[np.void]) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    """The deliveries of minted tokens, and the age of each in ns."""
    delivered = deliveries(records)
    if not len(delivered):
        return delivered, np.empty(0, np.int64)
    writes = records[(records["call"] == Call.SUBSCRIBE) & (records["outcome"] != Outcome.FAIL)]
    writes = writes[np.isin(writes["register"], delivered["register"])]
    return delivered, np.maximum(delivered["sent"] - _superseded_at(writes, delivered), 0)


def deliveries(records: NDArray[np.void]) -> NDArray[np.void]:
    """The deliveries of minted tokens by this run's pushes; others' pushes began nobody knows when."""
    ours = (records["call"] == Call.DELIVERY) & (records["owner"] != NOBODY)
    found: NDArray[np.void] = records[ours & (records["value"] >= 0)]
    return found


def writes_skipped(records: NDArray[np.void], stale: NDArray[np.void]) -> NDArray[np.int64]:
    """For each of these deliveries the tokens acknowledged after its own and before its push: shape (n,).

    A token counts once, however often it was registered: if any of its acknowledged subscribes was sent after the last
    acknowledgement of the delivered token, and was acknowledged before the push was sent. Sorted by sending, and each
    with the earliest end of itself and those after it, a token's subscribes have one such end for each sending. So the
    subscribes that meet both conditions, less the same with each token's last sending left out, count tokens.
    """
    writes = records[(records["call"] == Call.SUBSCRIBE) & (records["outcome"] == Outcome.OK)]
    writes = writes[np.isin(writes["register"], stale["register"])]
    writes = writes[np.lexsort((writes["sent"], writes["value"], writes["register"]))]
    register = _dense(np.concatenate((writes["register"], stale["register"])))
    count = len(writes)
    token = _dense(register << _HALF | _dense(np.concatenate((writes["value"], stale["value"]))))
    own = np.full(token.max(initial=-1) + 1, -1)
    np.maximum.at(own, token[:count], writes["done"])
    moments = np.concatenate((writes["sent"], writes["done"], stale["sent"], own[token[count:]]))
    ranks = np.unique(moments, return_inverse=True)[1]
    sent, done, pushed, acknowledged = np.split(ranks, np.cumsum((count, count, len(stale))))
    # From the back, a token's keys are all smaller than those before it, so the minimum starts anew with each.
    keyed = (token[:count] << _HALF) + done
    ends = np.minimum.accumulate(keyed[::-1])[::-1] & 0xFFFFFFFF
    after = (register[count:] << _HALF) | acknowledged
    again = np.flatnonzero(token[1:count] == token[: max(count - 1, 0)])
    sendings = (register[:count] << _HALF) | sent
    return _within(sendings, ends, after, pushed) - _within(sendings[again], ends[again + 1], after, pushed)


def _within(
    sendings: NDArray[np.int64], ends: NDArray[np.int64], after: NDArray[np.int64], before: NDArray[np.int64]
) -> NDArray[np.int64]:
    """How many points lie after a moment of their register and end before another: for each pair of moments."""
    order = np.argsort(sendings)
    first = np.searchsorted(sendings[order], after, side="right")
    last = np.searchsorted(sendings[order], ((after >> _HALF) + 1) << _HALF)
    return count_below(ends[order], first, last, before)


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
