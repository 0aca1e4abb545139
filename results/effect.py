"""Time to effect: from the acknowledgement of a new token to the first push that was delivered on it.

An upper bound of how long the backend went on with the old one: nobody sees a new token before somebody pushes. The age
of stale tokens (results.staleness) is the bound from below.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from results.counting import Numbers
from results.latency import Spread
from results.pushed import Pushed, Writes, places

_NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class TimeToEffect:
    """How long acknowledged rotations took to show, in registers that pushes reached."""

    rotations: int  # acknowledged tokens that came after another one of their register
    seen: int  # those that some push was delivered on
    ms: Spread | None  # over those that were seen

    @classmethod
    def of(cls, pushed: Pushed) -> Self | None:
        """None if no token replaced another one where pushes went."""
        times = times_to_effect(pushed)
        seen = times[times < _NEVER]
        return cls(len(times), len(seen), Spread.of(seen) if len(seen) else None) if len(times) else None


def times_to_effect(pushed: Pushed) -> Numbers:
    """For each rotation the ns from its first acknowledgement to the first receipt of a push on it, or the end of time.

    A push that came before the acknowledgement counts 0: a write takes effect before its caller hears of it. By
    register and token, shape (n,).
    """
    writes = pushed.writes.only(pushed.writes.ok)
    tokens, token = np.unique(writes.token, return_inverse=True)
    acknowledged = np.full(len(tokens), _NEVER)
    np.minimum.at(acknowledged, token, writes.done)
    is_rotation = np.ones(len(tokens), np.bool_)
    is_rotation[token[_first_of_all(writes)]] = False  # these replaced nothing
    seen = np.full(len(tokens), _NEVER)
    place = places(pushed.deliveries.token, tokens)
    np.minimum.at(seen, place[place >= 0], pushed.deliveries.done[place >= 0])
    times = np.where(seen < _NEVER, np.maximum(seen - acknowledged, 0), _NEVER)
    found: Numbers = times[is_rotation]
    return found


def _first_of_all(writes: Writes) -> NDArray[np.bool_]:
    """The writes that no other one of their register was sent before."""
    first = np.searchsorted(writes.register, writes.register)
    found: NDArray[np.bool_] = writes.sent == writes.sent[first]
    return found
