"""Locust users: one class a scenario. A user is a stream of arrivals, or, in the closed model, somebody who waits.

Which scenarios there are to live is said by the classes, and how often each by their weights; which one an arrival is
for is drawn, whichever class the user is of.
"""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

import gevent
from locust import User, task
from locust.exception import StopUser
from locust.user.task import LOCUST_STATE_WAITING

from locustfiles._options import EMBEDDED
from scenarios import SCENARIOS, Scenario
from simulator.errors import UsageError

if TYPE_CHECKING:
    from locustfiles._generator import Generator

_TURNED_AWAY: Final = 0.1  # seconds before somebody who could not be sent tries again, closed model

_running: "dict[int, Generator]" = {}  # by Locust environment; a process has one


def install(environment: object, generator: "Generator | None") -> None:
    """Make `generator` the one that this environment's users arrive at; None: none is running."""
    _running.pop(id(environment), None)
    if generator is not None:
        _running[id(environment)] = generator


class PhoneUser(User):
    """A stream of arrivals. One user is one arrival a second, on a schedule that does not drift."""

    abstract = True
    host = EMBEDDED  # so that the web UI does not ask for one: where there is none, the target is our own
    scenario: ClassVar[Scenario]

    @task
    def live(self) -> None:
        """Arrive again and again until Locust ends this user."""
        generator = _running.get(id(self.environment))
        if generator is None:  # this worker came too late for the run, or its part is over
            raise StopUser
        # For Locust this user waits, and need not be given time to finish: its people live on without it.
        self._state = LOCUST_STATE_WAITING
        if generator.assignment.closed:
            self._closed(generator)
        else:
            self._open(generator)

    def _open(self, generator: "Generator") -> None:
        stream = generator.arrivals.join(self.scenario)
        try:
            hub: Any = gevent.get_hub()
            hub.switch()  # the process's one timer has its people arrive
        finally:
            generator.arrivals.leave(stream)

    def _closed(self, generator: "Generator") -> None:
        closed = Closed(generator, self.scenario)
        closed.come()
        try:
            hub: Any = gevent.get_hub()
            hub.switch()  # whoever is done has the next come
        finally:
            closed.end()


class Closed:
    """A user of the closed model: the next comes when the last is done, and the time to think is over.

    Without a greenlet: waking one for every scenario costs as much as picking its phone up.
    """

    def __init__(self, generator: "Generator", scenario: Scenario) -> None:
        generator.users += 1
        self._generator = generator
        self._scenario = scenario
        self._random = generator.random(f"{scenario.name}/{generator.users}")
        self._think = generator.assignment.think_time
        self._then = self._done if self._think else self.come
        self._timer: Any = None  # while nobody is under way
        self._ended = False

    def come(self) -> None:
        """Somebody arrives now, unless this user has ended."""
        if self._ended:
            return
        generator = self._generator
        if self._timer is not None:
            self._timer.close()
            self._timer = None
        scenario = generator.frequencies.draw(self._scenario)
        if not generator.arrive(scenario, time.monotonic_ns(), self._then):
            self._wait(_TURNED_AWAY)

    def end(self) -> None:
        """Nobody comes any more; who is under way goes on."""
        self._ended = True
        if self._timer is not None:
            self._timer.close()

    def _done(self) -> None:
        self._wait(self._random.expovariate(1 / self._think))

    def _wait(self, seconds: float) -> None:
        if not self._ended:
            self._timer = gevent.get_hub().loop.timer(seconds)
            self._timer.start(self.come, update=True)


def require_some(classes: "list[type[User]]", weights: Mapping[str, float]) -> None:
    """UsageError if none of the classes takes part: Locust itself would only fail an assertion."""
    if weigh(classes, weights):
        return
    raise UsageError(
        f"None of the user classes picked ({', '.join(each.__name__ for each in classes)}) lives a scenario that takes "
        f"part ({', '.join(weights)}): pick others, or name others with --scenario."
    )


def weigh(classes: "list[type[User]]", weights: Mapping[str, float]) -> "list[type[User]]":
    """Those of the classes that take part, each with its scenario's weight."""
    for user_class in classes:
        if issubclass(user_class, PhoneUser):
            user_class.weight = weights.get(user_class.scenario.name, 0)
    return [each for each in classes if each.weight]


def frequencies(classes: "list[type[User]]") -> dict[str, float]:
    """How often each scenario is lived, by weight: those of the classes that take part."""
    return {each.scenario.name: each.weight for each in classes if issubclass(each, PhoneUser)}


def user_classes() -> dict[str, type[PhoneUser]]:
    """A User class for every scenario, named after it in CamelCase, weighted as the scenario is."""
    return {_camel(name): _user_class(scenario) for name, scenario in SCENARIOS.items()}


def _user_class(scenario: Scenario) -> type[PhoneUser]:
    return type(
        _camel(scenario.name),
        (PhoneUser,),
        # Locust drops classes of weight 0 before we can tell it which scenarios were asked for.
        {"__doc__": scenario.summary, "scenario": scenario, "weight": scenario.weight or 1, "abstract": False},
    )


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
