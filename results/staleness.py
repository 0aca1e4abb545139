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

from results.counting import Numbers, count_below, first_above
from results.latency import Spread
from results.pushed import Deliveries, Pushed, Writes, places

_NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Staleness:
    """How old the tokens were that pushes carried."""

    delivered: int
    stale: int
    age_ms: Spread  # over all that were delivered
    stale_age_ms: Spread | None  # over the stale ones, if there are any
    writes_skipped: Spread | None  # over the stale ones: newer tokens acknowledged by then; a number and no time

    @classmethod
    def of(cls, pushed: Pushed) -> Self | None:
        """None if no push delivered a minted token."""
        ages = stale_ages(pushed)
        if not len(ages):
            return None
        stale = ages > 0
        skipped = writes_skipped(pushed, stale)
        return cls(
            delivered=len(ages),
            stale=len(skipped),
            age_ms=Spread.of(ages.copy()),
            stale_age_ms=Spread.of(ages[stale]) if len(skipped) else None,
            writes_skipped=Spread.of(skipped, unit=1) if len(skipped) else None,
        )


def stale_ages(pushed: Pushed) -> Numbers:
    """The age in ns of each delivered token, in the deliveries' order: shape (n,), 0 for a fresh one."""
    ages: Numbers = np.maximum(pushed.deliveries.sent - _superseded_at(pushed), 0)
    return ages


def writes_skipped(pushed: Pushed, stale: NDArray[np.bool_]) -> Numbers:
    """For each delivery that is `stale`, shape (n,), the tokens acknowledged after its own and before its push.

    A token counts once, however often it was registered: if any of its acknowledged subscribes was sent after the last
    acknowledgement of the delivered token, and was acknowledged before the push was sent. Sorted by sending, and each
    with the earliest end of itself and those after it, a token's subscribes have one such end for each sending. So the
    subscribes that meet both conditions, less the same with each token's last sending left out, count tokens.
    """
    all_of_them = pushed.deliveries
    deliveries = Deliveries(*(getattr(all_of_them, name)[stale] for name in ("register", "token", "sent", "done")))
    if not len(deliveries.sent):
        return np.empty(0, np.int64)
    concerned = np.zeros(int(all_of_them.register.max()) + 1, np.bool_)
    concerned[deliveries.register] = True
    writes = pushed.writes.only(pushed.writes.ok & concerned[pushed.writes.register])
    after = _last_acknowledged(deliveries, writes)
    order = np.lexsort((writes.sent, writes.token))
    writes = writes.only(order)
    times, done = np.unique(writes.done, return_inverse=True)
    before = np.searchsorted(times, deliveries.sent)
    # From the back, a token's keys are all smaller than those before it, so the minimum starts anew with each.
    token = np.cumsum(np.append(0, np.diff(writes.token) != 0))
    ends = np.minimum.accumulate(((token << 32) + done)[::-1])[::-1] & 0xFFFFFFFF
    again = np.flatnonzero(token[1:] == token[:-1])
    points = (writes.register, writes.sent, ends)
    repeated = (writes.register[again], writes.sent[again], ends[again + 1])
    return _within(points, deliveries, after, before) - _within(repeated, deliveries, after, before)


def _within(
    points: tuple[Numbers, Numbers, Numbers], deliveries: Deliveries, after: Numbers, before: Numbers
) -> Numbers:
    """How many points, given as register, sending and end, are of a delivery's register, sent after, and end before."""
    order = np.lexsort((points[1], points[0]))
    register, sent, end = (column[order] for column in points)
    begin, stop = (np.searchsorted(register, deliveries.register, side=side) for side in ("left", "right"))
    return count_below(end, first_above(sent, begin, stop, after), stop, before)


def _last_acknowledged(deliveries: Deliveries, writes: Writes) -> Numbers:
    """When each delivered token was last acknowledged, -1 if never or if one of its writes is in doubt."""
    tokens, token = np.unique(deliveries.token, return_inverse=True)
    place = places(writes.token, tokens)
    known = place >= 0
    last = np.full(len(tokens), -1)
    np.maximum.at(last, place[known], writes.done[known])
    last[place[known & ~writes.ok]] = -1
    found: Numbers = last[token]
    return found


def _superseded_at(pushed: Pushed) -> Numbers:
    """When each delivered token was first surely superseded, the end of time if never: shape of the deliveries."""
    deliveries = pushed.deliveries
    after = _last_acknowledged(deliveries, pushed.writes)
    writes = pushed.writes.only(pushed.writes.ok)
    begin, stop = (np.searchsorted(writes.register, deliveries.register, side=side) for side in ("left", "right"))
    place = first_above(writes.sent, begin, stop, after)
    earliest = np.full(len(after), _NEVER)
    left = np.flatnonzero((after >= 0) & (place < stop))
    while len(left):  # as often as subscribes of one register overlapped: one sent later than an end ends later still
        at = place[left]
        earliest[left] = np.minimum(earliest[left], writes.done[at])
        place[left] += 1
        left = left[place[left] < stop[left]]
        left = left[writes.sent[place[left]] < earliest[left]]
    return earliest
