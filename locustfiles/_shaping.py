"""The shape of a run: how many Locust users it wants, and what happens to the target meanwhile."""

import logging
from collections.abc import Callable
from dataclasses import replace

from locustfiles._course import Course
from locustfiles._preparation import Prepared
from locustfiles._release import spread
from locustfiles._settings import Settings
from locustfiles._shapes import AWAY, Curve

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
