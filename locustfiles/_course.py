"""A shape on its way: how many Locust users it wants now, when its stages began, and what they asked for."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import gevent

from locustfiles._shapes import Curve
from results.run import Stage

_S: Final = 1_000_000_000  # ns
_HOLDS: Final = 1.0  # seconds for which what is said holds: then Locust asks again


class Course:
    """Follows a curve whose peak is so many Locust users; one user is `per_user` arrivals a second, None: closed model.

    `entering` is called with the name of each stage but the first, and may take its time: the curve waits for it.
    `besides` tells how many arrivals beyond the users' were due by a moment, in seconds since the load began.
    `clock`: monotonic ns; `sleep`: takes seconds.
    """

    def __init__(
        self,
        curve: Curve,
        users: int,
        per_user: float | None,
        *,
        entering: Callable[[str], object] = lambda _: None,
        besides: Callable[[float], float] = lambda _: 0.0,
        clock: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], object] = gevent.sleep,
    ) -> None:
        self._curve = curve
        self._most = users
        self._per_user = per_user
        self._entering = entering
        self._besides = besides
        self._clock = clock
        self._sleep = sleep
        self._began = 0  # 0: not yet
        self._held = 0  # ns for which the curve waited
        self._looked = 0  # when users were last counted
        self._now = 0  # users
        self.stages: list[Stage] = []  # those that have begun

    def begin(self, now: int) -> None:
        """The load begins `now`, and the first stage with it."""
        self._began = self._looked = now
        self._enter(0, now)
        self._now = self._wanted(0.0)  # they have been told before

    def users(self) -> int | None:
        """How many there are to be from now on; None: the load is over.

        Where a stage begins, or the load ends, before Locust asks again, this returns at that moment.
        """
        if not self._began:
            return self._wanted(0.0)
        moment = self._wait(self._moment())
        if moment >= self._curve.seconds:
            return None
        if (stage := self._curve.stage(moment)) >= len(self.stages):
            came = self._clock()
            self._entering(self._curve.stages[stage].name)
            now = self._clock()
            self._held += now - came
            for begun in range(len(self.stages), stage + 1):  # several, where the process stood still
                self._enter(begun, now)
        self._count(self._clock())
        self._now = self._wanted(moment)
        return self._now

    def _moment(self) -> float:
        return (self._clock() - self._began - self._held) / _S

    def _wait(self, moment: float) -> float:
        """Until the next stage, unless Locust asks again before that; which moment it is then."""
        end = self._end_of(len(self.stages) - 1)
        if not 0 < end - moment <= _HOLDS:
            return moment
        self._sleep(end - moment)
        return max(self._moment(), end)

    def _end_of(self, stage: int) -> float:
        return [*self._curve.begins[1:], self._curve.seconds][stage]

    def end(self, now: int) -> list[Stage]:
        """The load ends `now`: its stages, each with the arrivals that it asked for."""
        self._count(now)
        ends = [*(stage.began for stage in self.stages[1:]), now]
        return [
            replace(stage, asked=-1.0 if self._per_user is None else stage.asked + self._beside(stage.began, end))
            for stage, end in zip(self.stages, ends, strict=True)
        ]

    def _wanted(self, moment: float) -> int:
        """What the curve is on average while that holds: until the next question, which may wait for the next stage."""
        end = self._end_of(self._curve.stage(moment))
        end = end if end - moment <= 2 * _HOLDS else moment + _HOLDS
        return round(self._curve.at((moment + end) / 2) * self._most)

    def _enter(self, stage: int, now: int) -> None:
        self._count(now)
        self.stages.append(Stage(self._curve.stages[stage].name, now, 0.0))

    def _count(self, now: int) -> None:
        """Until now the users that were wanted have asked for what was due."""
        if self.stages:
            self.stages[-1].asked += self._now * (self._per_user or 0.0) * (now - self._looked) / _S
        self._looked = now

    def _beside(self, began: int, ended: int) -> float:
        return self._besides((ended - self._began) / _S) - self._besides((began - self._began) / _S)
