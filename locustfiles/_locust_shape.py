"""The one LoadTestShape: what Locust asks once a second."""

from argparse import Namespace
from collections.abc import Callable
from typing import ClassVar

from locust import LoadTestShape

from locustfiles._course import Course
from locustfiles._options import options_of
from locustfiles._settings import Settings
from simulator.errors import UsageError


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
