"""Locust users: one class a scenario. A user is a stream of arrivals, or, in the closed model, somebody who waits."""

import time
from typing import TYPE_CHECKING, ClassVar, Final

import gevent
from locust import User, task

from scenarios import SCENARIOS, Scenario

if TYPE_CHECKING:
    from random import Random

    from locust.env import Environment

    from locustfiles._generator import Generator

_TURNED_AWAY: Final = 0.1  # seconds before somebody who could not be sent tries again, closed model

_running: "dict[int, Generator]" = {}  # by Locust environment; a process has one


def install(environment: object, generator: "Generator | None") -> None:
    """Make `generator` the one that this environment's users arrive at; None: none is running."""
    _running.pop(id(environment), None)
    if generator is not None:
        _running[id(environment)] = generator


class PhoneUser(User):
    """Arrivals of one scenario. One user is one arrival a second, Poisson, on a schedule that does not drift."""

    abstract = True
    scenario: ClassVar[Scenario]

    @task
    def live(self) -> None:
        """Arrive again and again until Locust ends this user."""
        generator = _running[id(self.environment)]
        generator.users += 1
        rng = generator.random(f"{self.scenario.name}/{generator.users}")
        if generator.assignment.closed:
            self._closed(generator, rng)
        else:
            self._open(generator, rng)

    def _open(self, generator: "Generator", rng: "Random") -> None:
        rate = generator.assignment.per_user / 1e9
        due = float(time.monotonic_ns())
        while True:
            due += rng.expovariate(rate)
            gevent.sleep(max(0.0, (due - time.monotonic_ns()) / 1e9))
            generator.arrive(self.scenario, int(due), rng)

    def _closed(self, generator: "Generator", rng: "Random") -> None:
        think = generator.assignment.think_time
        while True:
            living = generator.arrive(self.scenario, time.monotonic_ns(), rng)
            if living is None:
                gevent.sleep(_TURNED_AWAY)
            else:
                living.join()
            gevent.sleep(rng.expovariate(1 / think) if think else 0)


def weigh(environment: "Environment", weights: dict[str, float]) -> None:
    """Give the classes that take part their scenarios' weights, and leave the others out."""
    for user_class in environment.user_classes:
        if issubclass(user_class, PhoneUser):
            user_class.weight = weights.get(user_class.scenario.name, 0)
    environment.user_classes = [each for each in environment.user_classes if each.weight]


def user_classes() -> dict[str, type[PhoneUser]]:
    """A User class for every scenario, named after it in CamelCase, weighted as the scenario is."""
    return {_camel(name): _user_class(scenario) for name, scenario in SCENARIOS.items()}


def _user_class(scenario: Scenario) -> type[PhoneUser]:
    return type(
        _camel(scenario.name),
        (PhoneUser,),
        {"__doc__": scenario.summary, "scenario": scenario, "weight": scenario.weight, "abstract": False},
    )


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
