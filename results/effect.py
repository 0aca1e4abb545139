"""Time to effect: from the acknowledgement of a new token to the first push that was delivered on it.

An upper bound of how long the backend went on with the old one: nobody sees a new token before somebody pushes. The age
of stale tokens (results.staleness) is the bound from below.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from results.journal.record import Call, Outcome
from results.latency import Spread
from results.staleness import deliveries

_NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class TimeToEffect:
    """How long acknowledged rotations took to show, in registers that pushes reached."""

    rotations: int  # acknowledged tokens that came after another one of their register
    seen: int  # those that some push was delivered on
    ms: Spread | None  # over those that were seen

    @classmethod
    def of(cls, records: NDArray[np.void]) -> Self | None:
        """Take it from a run's journal (dtype RECORD, any order); None if no token replaced another one."""
        pushed = deliveries(records)
        acknowledged = records[(records["call"] == Call.SUBSCRIBE) & (records["outcome"] == Outcome.OK)]
        acknowledged = acknowledged[np.isin(acknowledged["register"], pushed["register"])]
        if not len(acknowledged):
            return None
        times = times_to_effect(acknowledged, pushed)
        seen = times[times < _NEVER]
        return cls(len(times), len(seen), Spread.of(seen) if len(seen) else None) if len(times) else None


def times_to_effect(acknowledged: NDArray[np.void], pushed: NDArray[np.void]) -> NDArray[np.int64]:
    """For each rotation the ns from its first acknowledgement to the first receipt of a push on it, or the end of time.

    `acknowledged` are subscribes, one or more. A push that came before the acknowledgement counts 0: a write takes
    effect before its caller hears of it. Shape (n,), by register and token.
    """
    ordered = acknowledged[np.lexsort((acknowledged["value"], acknowledged["register"]))]
    new_token = np.ones(len(ordered), np.bool_)
    new_token[1:] = (ordered["register"][1:] != ordered["register"][:-1]) | (
        ordered["value"][1:] != ordered["value"][:-1]
    )
    starts = np.flatnonzero(new_token)
    sent, done = (np.minimum.reduceat(ordered[name], starts) for name in ("sent", "done"))
    registers, register = np.unique(ordered["register"][starts], return_inverse=True)
    first_sent = np.full(len(registers), _NEVER)
    np.minimum.at(first_sent, register, sent)
    first_seen = _first_receipts(ordered[starts], pushed)
    times = np.where(first_seen < _NEVER, np.maximum(first_seen - done, 0), _NEVER)
    found: NDArray[np.int64] = times[sent > first_sent[register]]
    return found


def _first_receipts(tokens: NDArray[np.void], pushed: NDArray[np.void]) -> NDArray[np.int64]:
    """When each token was first delivered, in its own register; the end of time if never."""
    both = np.concatenate((tokens, pushed))
    _, place = np.unique(_keys(both), return_inverse=True)
    first = np.full(len(both), _NEVER)
    np.minimum.at(first, place[len(tokens) :], pushed["done"])
    found: NDArray[np.int64] = first[place[: len(tokens)]]
    return found


def _keys(records: NDArray[np.void]) -> NDArray[np.void]:
    """Register and token as sortable bytes."""
    keys = np.empty((len(records), 2), ">u8")
    keys[:, 0], keys[:, 1] = records["register"], records["value"]
    return keys.view("V16").ravel()
