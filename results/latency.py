"""How long operations took: exact quantiles, from the journal and not from buckets.

Three measures, all in the journal's nanoseconds and reported in milliseconds:

- service: done - sent, what the backend and the network took;
- response: done - intended, what the person waited from the moment the operation was due;
- send lag: sent - intended, the part of it that the generator caused.

Which operations count: all that were sent and may have reached the backend, whatever their outcome. A time-out
counts with the time it took, since somebody waited that long; leaving it out would flatter the worst runs most.
A FAIL without any answer (connection refused) does not count: it took no time of the backend's, and a dead server
refuses in microseconds. It counts as an error. Nor does what a simulated network lost: nobody waited for the server.

A quantile is the nearest rank (Hyndman and Fan 1996, definition 1): the least value that at least q of all values
do not exceed. It is always a value that was measured, and p999 of ten values is their maximum.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from results.journal.record import NETWORK, Outcome
from results.operations import Operations

MS: Final = 1_000_000  # nanoseconds

P50: Final = Fraction(50, 100)
P90: Final = Fraction(90, 100)
P99: Final = Fraction(99, 100)
P999: Final = Fraction(999, 1000)
MAX: Final = Fraction(1)


def rank(q: Fraction, count: int) -> int:
    """Nearest rank, 1 to `count`, of quantile `q` (0 to 1) among `count` values.

    In whole numbers: 0.999 * 1000 in floating point may exceed 999, and the rank would be one too high.
    """
    return max(1, -(-q.numerator * count // q.denominator))


def quantile(ordered: NDArray[np.int64], q: Fraction) -> int:
    """Quantile `q` of `ordered`, an ascending array of shape (n,), n > 0; IndexError if it is empty."""
    return int(ordered[rank(q, len(ordered)) - 1])


def counted(operations: Operations) -> NDArray[np.bool]:
    """Which operations have a latency: all but refusals that no server answered, and what a network lost."""
    mine: NDArray[np.bool] = (operations.outcome != Outcome.FAIL) | (operations.status != 0)
    mine &= operations.fault != NETWORK
    return mine


@dataclass(frozen=True, slots=True)
class Spread:
    """Exact quantiles of one measure, in milliseconds."""

    p50: float
    p90: float
    p99: float
    p999: float
    max: float

    @classmethod
    def of(cls, nanoseconds: NDArray[np.int64], unit: int = MS) -> Self:
        """Quantiles of `nanoseconds`, shape (n,), n > 0, any order; sorts it in place. `unit`: of the result, in ns."""
        nanoseconds.sort()
        return cls(*(quantile(nanoseconds, q) / unit for q in (P50, P90, P99, P999, MAX)))


@dataclass(frozen=True, slots=True)
class Latency:
    """The three measures of the operations under one label."""

    count: int
    service: Spread
    response: Spread
    send_lag: Spread


def latencies(operations: Operations, types: dict[int, str] | None = None) -> dict[str, Latency]:
    """Latency by label: "subscribe", "subscribe/ios", …; a label without an answered operation is absent.

    Without `types`, by kind of call alone.
    """
    timed = counted(operations)
    found = ((label, mine & timed) for label, mine in operations.labelled(types))
    return {label: _latency(operations, mine) for label, mine in found if mine.any()}


def _latency(operations: Operations, mine: NDArray[np.bool]) -> Latency:
    times = (operations.intended, operations.sent, operations.done)
    intended, sent, done = times if mine.all() else (each[mine] for each in times)
    return Latency(len(done), Spread.of(done - sent), Spread.of(done - intended), Spread.of(sent - intended))
