"""The open model's schedule: when the people of one Locust user are due, whether or not anybody gets round to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from scenarios import Scenario


@dataclass(slots=True, eq=False)
class Arrivals:
    """A Poisson process: independent of how fast anything answers, and of how late the generator is."""

    scenario: Scenario
    rng: Random
    rate: float  # a nanosecond
    due: float  # monotonic ns: when the next is due

    def advance(self) -> None:
        """Draw when the one after the next is due; it is the next from now on."""
        self.due += self.rng.expovariate(self.rate)

    def overdue(self, until: int) -> Iterator[int]:
        """When each of those that were due by `until` (monotonic ns) was due; they are passed over."""
        while self.due <= until:
            yield int(self.due)
            self.advance()
