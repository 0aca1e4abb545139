"""How a scenario becomes known: one function in a file of its own name, decorated with `@scenario`."""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from math import inf
from typing import Final

from simulator.phones import Phone, Wants


@dataclass(frozen=True, slots=True)
class Scenario:
    """What people do: a few operations with a purpose."""

    name: str
    weight: float  # where it is asked for by name, without a weight and without a mix; 0 is then 1
    wants: Wants
    play: Callable[[Phone], None]
    pushes: bool = False  # it pushes to people, and needs gateways to see the deliveries
    platform: bool = False  # it makes calls that the platform's backend makes, with the API key

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return (self.play.__doc__ or "").strip().partition("\n")[0]


SCENARIOS: Final[dict[str, Scenario]] = {}


def scenario(
    *,
    weight: float,
    wants: Wants = Wants(),  # noqa: B008 - immutable
    pushes: bool = False,
    platform: bool = False,
) -> Callable[[Callable[[Phone], None]], Callable[[Phone], None]]:
    """Register the function under its own name."""

    def register(play: Callable[[Phone], None]) -> Callable[[Phone], None]:
        name = play.__name__
        if name in SCENARIOS:
            raise ValueError(
                f"two scenarios are called {name}: {SCENARIOS[name].play.__module__} and {play.__module__}"
            )
        if not 0 <= weight < inf:
            raise ValueError(f"its weight {weight} is not a number from 0 on")
        if isgeneratorfunction(play) or iscoroutinefunction(play) or isasyncgenfunction(play):
            raise ValueError(
                f"{name} would do nothing when it is called: write a plain function, without yield or async"
            )
        SCENARIOS[name] = Scenario(name, weight, wants, play, pushes, platform)
        return play

    return register
