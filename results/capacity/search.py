"""Which rate to try next: doubled until a trial does not meet the gates, then bisected.

Trials are short, so a neighbour's hiccup can fail one. While the rate is being doubled such a failure costs most: no
rate above it would ever be tried. So a failure that would end the doubling is tried again once, and the second trial
decides. While bisecting, a failure stands as it is: at worst it costs half of what is left between the bounds. One
that is certain (a correctness violation is proof, not noise) is never tried again, nor is one whose reason is neither
the target nor the generator: a store that cannot be read back will not be readable in ten seconds.

The bisection halves the ratio of the bounds and not their difference, since the precision is a ratio too.
"""

import math
from dataclasses import dataclass, field

from results.capacity.limit import Limit


@dataclass(slots=True)
class Search:
    """The search for the highest rate that meets the gates; rates are whole arrivals a second.

    Call `next_rate`, try that rate, and `record` what came of it, until `next_rate` is None.
    """

    start: int
    most: int  # no rate above it is tried
    precision: float  # 0.1: the bounds end up no more than 10 % apart
    met: int | None = None  # the highest rate that met the gates
    not_met: int | None = None  # the lowest that did not, above `met`
    limit: Limit | None = None  # why `not_met` did not meet them
    _doubted: tuple[int, Limit] | None = field(default=None, repr=False)  # failed once, to be tried again

    def next_rate(self) -> int | None:
        """The rate to try next; None when there is nothing left to find out."""
        if self._doubted is not None:
            return self._doubted[0]
        if self.not_met is None:
            return self._doubled()
        if self.met is None or self.narrow:
            return None
        return min(max(round(math.sqrt(self.met * self.not_met)), self.met + 1), self.not_met - 1)

    def _doubled(self) -> int | None:
        if self.met is None:
            return self.start
        return min(2 * self.met, self.most) if self.met < self.most else None

    @property
    def narrow(self) -> bool:
        """Whether the bounds are as close as the precision asks, or as whole rates can be."""
        if self.met is None or self.not_met is None:
            return False
        return self.not_met <= self.met * (1 + self.precision) or self.not_met - self.met <= 1

    def record(self, rate: int, limit: Limit | None, *, certain: bool = False) -> None:
        """Take in a trial at `rate`: `limit` is what kept it from meeting the gates, None if it met them."""
        if limit is None:
            self.met, self._doubted = rate, None
        elif self.not_met is None and self._doubted is None and not certain and limit is not Limit.UNKNOWN:
            self._doubted = rate, limit
        else:
            self.not_met, self.limit, self._doubted = rate, limit, None

    def settle(self) -> None:
        """No further trial will be made: a failure that was to be tried again stands."""
        if self._doubted is not None:
            (self.not_met, self.limit), self._doubted = self._doubted, None
