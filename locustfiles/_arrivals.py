"""The open model's schedule: when people are due, whether or not anybody gets round to them.

Every Locust user is a stream of arrivals, and all streams of a process are put together into one, so that 10,000 users
cost no more than one does. The schedule is absolute: when the next is due follows from when the last was due, never
from when anybody noticed, so it does not drift, and how late the generator is changes nothing in it.

Workers share the arrivals without a message. Poisson streams add up to one wherever they run. Constant arrivals lie on
a grid that all workers derive from the machine's clock and from how many users each of them has: user k of n arrives at
k/n of every period.
"""

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from math import log
from random import Random
from typing import Final

from scenarios import Scenario

POISSON: Final = "poisson"
CONSTANT: Final = "constant"
NEVER: Final = 2**63 - 1

_SECOND: Final = 1_000_000_000  # ns


class Stream:
    """The arrivals of one Locust user."""

    __slots__ = ("place", "scenario")

    def __init__(self, scenario: Scenario, place: int) -> None:
        self.scenario = scenario
        self.place = place  # among the streams


class Arrivals(ABC):
    """Whoever is due next, among `per_user` people a second of each stream. All moments are monotonic ns."""

    def __init__(self, per_user: float) -> None:
        self.due = NEVER  # when the next is
        self._per_user = per_user
        self._streams: list[Stream] = []

    def join(self, scenario: Scenario, now: int) -> Stream:
        """Another stream from `now` on; nobody may be overdue by then."""
        stream = Stream(scenario, len(self._streams))
        self._streams.append(stream)
        self._plan(now)
        return stream

    def leave(self, stream: Stream, now: int) -> None:
        """A stream ends `now`; nobody may be overdue by then."""
        last = self._streams.pop()
        if last is not stream:
            self._streams[stream.place] = last
            last.place = stream.place
        self._plan(now)

    @abstractmethod
    def overdue(self, now: int) -> Iterator[tuple[int, Scenario]]:
        """When each of those who are due by `now` was due, and what they do; they are passed over."""

    @abstractmethod
    def _plan(self, now: int) -> None:
        """Find out who is the next after `now`, with the streams that there are now."""


class Poisson(Arrivals):
    """Independent people: the next may come at any moment, however long ago the last one came.

    So the streams together are one Poisson process, each of its people is equally likely anybody's, and when a stream
    joins or leaves, the wait begins anew without any harm.
    """

    def __init__(self, per_user: float, rng: Random) -> None:
        super().__init__(per_user)
        self._rng = rng
        self._due = 0.0  # the fraction of a nanosecond would add up

    def _plan(self, now: int) -> None:
        self._due = float(now)
        self._draw()

    def _draw(self) -> None:
        if not self._streams:
            self.due = NEVER
            return
        self._due += self._rng.expovariate(self._per_user * len(self._streams)) * _SECOND
        self.due = int(self._due)

    def overdue(self, now: int) -> Iterator[tuple[int, Scenario]]:
        """With `_draw` written out: every arrival passes through here."""
        random, streams = self._rng.random, self._streams
        rate = self._per_user * len(streams)
        while (due := self.due) <= now:
            stream = streams[int(random() * len(streams))]
            self._due += -log(1.0 - random()) / rate * _SECOND
            self.due = int(self._due)
            yield due, stream.scenario


class Constant(Arrivals):
    """One person after another, equally far apart over all workers: worker `place` of those that `users` counts."""

    def __init__(self, per_user: float, place: int, workers: int) -> None:
        super().__init__(per_user)
        self._place = place
        self._users = [0] * workers
        self._period = 0  # since the clock's zero, in which the next is due
        self._next = 0  # its stream

    def share(self, users: Sequence[int], now: int) -> None:
        """So many users each worker has from `now` on, by its place; nobody may be overdue by then."""
        self._users = list(users)
        self._plan(now)

    def _plan(self, now: int) -> None:
        self._users[self._place] = len(self._streams)
        total = sum(self._users)
        if not self._streams:
            self.due = NEVER
            return
        period, into = divmod(now * self._per_user / _SECOND, 1.0)
        self._period = int(period)
        self._next = bisect_right(range(len(self._streams)), into * total, key=self._slot)
        self._settle()
        while self.due <= now:  # a rounding of the division
            self._advance()

    def _settle(self) -> None:
        """When the next is due."""
        if self._next == len(self._streams):
            self._period, self._next = self._period + 1, 0
        total = sum(self._users)
        self.due = round((self._period * total + self._slot(self._next)) * _SECOND / (self._per_user * total))

    def overdue(self, now: int) -> Iterator[tuple[int, Scenario]]:
        """One after another, in the order of their places."""
        while (due := self.due) <= now:
            yield due, self._advance().scenario

    def _advance(self) -> Stream:
        stream = self._streams[self._next]
        self._next += 1
        self._settle()
        return stream

    def _slot(self, mine: int) -> int:
        """Which of all users of all workers a user of ours is, 0 to n - 1, so that everybody's are spread evenly.

        User i of a worker's m stands at (i + 1/2) / m; the slots are the order of these, and of the places where they
        are equal. With equally many everywhere that deals them out like cards.
        """
        ours = self._users[self._place]
        slot = mine
        for place, theirs in enumerate(self._users):
            if place != self._place:
                before = (2 * mine + 1) * theirs - ours  # over 2 * ours: those of theirs that stand before it
                slot += max(0, before // (2 * ours) + 1 if place < self._place else -(-before // (2 * ours)))
        return slot
