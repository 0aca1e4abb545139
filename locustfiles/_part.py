"""The part of a run that this process generates: begun once, ended once, whoever asks first."""

from typing import TYPE_CHECKING, Any

from gevent.lock import RLock

from locustfiles._assignment import Assignment
from locustfiles._generator import Generator
from locustfiles._sources import look_through
from locustfiles._spawning import spread
from locustfiles._tally import Tally
from locustfiles._users import install

if TYPE_CHECKING:
    from locust.env import Environment


class Part:
    """Holds the generator while there is one."""

    def __init__(self, environment: "Environment") -> None:
        self._environment = environment
        self._generator: Generator | None = None
        self._ending = RLock()
        self._tally = Tally.of(environment)
        spread(environment)
        look_through()

    def begin(self, assignment: Assignment, place: int) -> None:
        """Generate from now on, as worker `place` of the assignment's; UsageError if its people are somebody else's."""
        self._generator = Generator(assignment, self._environment, worker=place, tally=self._tally.listener)
        install(self._environment, self._generator)

    def share(self, users: list[int]) -> None:
        """So many Locust users each worker has from now on, by its place."""
        if self._generator is not None:
            self._generator.share(users)

    def close(self) -> None:
        """Let nobody arrive any more."""
        if self._generator is not None:
            self._generator.close()

    def end(self) -> dict[str, Any] | None:
        """Drain and close the journal; the part in numbers, or None if it was told before. A second caller waits."""
        with self._ending:
            generator, self._generator = self._generator, None
            if generator is None:
                return None
            part = generator.stop()
            self._tally.add()
            install(self._environment, None)
            return part
