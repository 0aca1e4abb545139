"""Whether two runs of one seed had the same people do the same: what each device's lives sent, call by call."""

from collections import Counter, defaultdict
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from results.journal.record import Call


class Sent(NamedTuple):
    """One call; from the fleet, a register and a value follow deviceId and token."""

    kind: int
    owner: int
    register: int
    value: int


Lives = dict[tuple[int, int], list[Sent]]  # by (scenario, device), in the order in which they were sent


def lives(records: NDArray[np.void]) -> Lives:
    """What each device's lives of each scenario sent, by a journal's records."""
    calls = np.sort(records[records["call"] <= Call.UNSUBSCRIBE], order="sent")
    found: defaultdict[tuple[int, int], list[Sent]] = defaultdict(list)
    columns = [calls[name].tolist() for name in ("scenario", "call", "owner", "register", "value")]
    for scenario, *sent in zip(*columns, strict=True):
        found[scenario, sent[2] >> 24].append(Sent(*sent))
    return dict(found)


def different(one: Lives, other: Lives) -> list[tuple[int, int]]:
    """The lives, by (scenario, device), in which the two runs differ as far as both of them came."""
    return [at for at in one.keys() & other.keys() if any(a != b for a, b in zip(one[at], other[at], strict=False))]


def shared(one: Lives, other: Lives) -> float:
    """The share of the calls that both runs made, of those that either made: they end at moments of their own."""
    first, second = (Counter({at: len(calls) for at, calls in each.items()}) for each in (one, other))
    return (first & second).total() / (first | second).total()
