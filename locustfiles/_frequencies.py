"""Which scenario somebody who arrives lives: drawn by the weights, arrival by arrival.

Locust deals its users out among the scenarios, in whole users: of a mix's scenarios those with a share below one user
in all would be lived never, or several times too often.
"""

from bisect import bisect
from collections.abc import Mapping
from itertools import accumulate
from random import Random

from scenarios import SCENARIOS, Scenario


class Frequencies:
    """Scenarios, each as often as its weight has it; without weights a Locust user's own."""

    def __init__(self, weights: Mapping[str, float], rng: Random) -> None:
        self._scenarios = [SCENARIOS[name] for name in weights]
        self._ends = [*accumulate(weights.values())]
        self._random = rng.random
        self._only = self._scenarios[0] if len(self._scenarios) == 1 else None

    def draw(self, own: Scenario) -> Scenario:
        """The next one; `own` is that of the Locust user whose arrival it is."""
        if self._only is not None:
            return self._only
        ends = self._ends
        if not ends:
            return own
        last = len(ends) - 1  # where a rounding of the product ends up, too
        return self._scenarios[bisect(ends, self._random() * ends[last], 0, last)]
