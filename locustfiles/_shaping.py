"""The shape of a run: what Locust is told once a second, and what happens to the target meanwhile."""

import logging
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from locust import LoadTestShape

from locustfiles._course import Course
from locustfiles._options import options_of
from locustfiles._preparation import Prepared
from locustfiles._release import spread
from locustfiles._settings import Settings
from locustfiles._shapes import AWAY, Curve
from simulator.errors import UsageError

log = logging.getLogger(__name__)


class Shaping:
    """The shape `curve` of a run that is prepared, from the beginning of its load to the end."""

    def __init__(self, curve: Curve, settings: Settings, prepared: Prepared) -> None:
        self._prepared = prepared
        self._takes_away = curve.shape.takes_target_away and settings.host is None
        self._course = Course(
            curve,
            settings.users,
            None if settings.closed else settings.per_user,
            entering=self._enter,
            besides=_released(curve.release, prepared.run.devices),
        )

    @property
    def has_begun(self) -> bool:
        """Whether the load has."""
        return bool(self._course.stages)

    def begin(self, now: int) -> None:
        """The load begins."""
        if self._takes_away:
            self._prepared.started.expect_outage()
        self._course.begin(now)
        self._tell()

    def users(self) -> int | None:
        """How many Locust users there are to be; None: the load is over."""
        begun = len(self._course.stages)
        users = self._course.users()
        if len(self._course.stages) > begun:
            if self._takes_away and self._course.stages[-1].name == AWAY:
                self._prepared.started.go_away()
            self._tell()
        return users

    def end(self, now: int) -> None:
        """The load has ended: what its stages were, into the run."""
        self._prepared.run.stages = self._course.end(now)

    def _enter(self, stage: str) -> None:
        """What has to be done before a stage begins, so that it is what its name says from its first moment on."""
        if self._takes_away:
            (self._prepared.started.await_outage if stage == AWAY else self._prepared.started.come_back)()

    def _tell(self) -> None:
        """Into run.json, so that the stages of a run that is killed are known."""
        self._prepared.run.stages = [replace(stage, asked=-1.0) for stage in self._course.stages]
        try:
            self._prepared.run.write(self._prepared.folder)
        except OSError as error:  # it is written again when the load ends, and a failure is told then
            log.warning("%s cannot be written now (%s).", self._prepared.folder / "run.json", error.strerror)


def _released(release: tuple[float, float] | None, devices: int) -> Callable[[float], float]:
    """How many devices had their moment by so many seconds after the beginning."""
    if release is None:
        return lambda _: 0.0
    at, lasts = release
    return lambda moment: devices * spread((moment - at) / lasts)


class LocustShape(LoadTestShape):
    """What Locust asks once a second. `ask` tells how many users there are to be, None being the end."""

    use_common_options: ClassVar[bool] = True  # --users is the peak, --run-time the whole time

    def __init__(self, options: Namespace, ask: Callable[[], int | None], is_ready: Callable[[], bool]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Locust left it without types
        self.is_refused = False  # the run that this would be the shape of
        self._options = options
        self._ask = ask
        self._is_ready = is_ready

    def tick(self) -> tuple[int, float] | None:
        """Users, and how many of them may come or go a second: all, or Locust would lag behind."""
        if self.is_refused:
            return None
        users = self._ask() if self._is_ready() else self._first()
        return None if users is None else (users, float(self._options.num_users or 1))

    def _first(self) -> int | None:
        """How many the load begins with. Locust asks before it tells anybody that there is a test."""
        try:
            settings = Settings.parse(options_of(self._options))
        except UsageError:
            return 1  # whoever prepares the run will refuse it, and say why
        return Course(settings.shape, settings.users, None).users() if settings.shape is not None else settings.users
