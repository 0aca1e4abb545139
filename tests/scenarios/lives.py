"""Scenarios lived on a stage, each choice of theirs as the test wants it, and told as a list of calls."""

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, TypeVar

from scenarios import SCENARIOS
from simulator.client import Answer
from simulator.fleet import Keeper
from simulator.phones import Operation
from simulator.tokens import PushType
from tests.stage import Stage

if TYPE_CHECKING:
    from _typeshed import SupportsLenAndGetItem

Chosen = TypeVar("Chosen")


class Drawn(Random):
    """Draws these numbers, from 0 to 1, one after the other, and fails where one more is drawn."""

    def __init__(self, *numbers: float) -> None:
        super().__init__(0)
        self._numbers = list(numbers)

    def random(self) -> float:
        return self._numbers.pop(0)

    def randint(self, a: int, b: int) -> int:
        return a + int(self.random() * (b + 1 - a))

    def choice(self, seq: "SupportsLenAndGetItem[Chosen]") -> Chosen:
        return seq[int(self.random() * len(seq))]


def lived(stage: Stage, name: str, *draws: float, device: int = 0) -> list[str]:
    """The scenario's calls, as `told`, on a device that makes these draws and no other."""
    before, rng = len(stage.observed), Drawn(*draws)
    SCENARIOS[name].play(stage.phone(device, rng))
    assert rng._numbers == [], "it draws fewer than the test says"
    return [told(operation, device) for operation in stage.observed[before:]]


def told(operation: Operation, device: int) -> str:
    """Such as "subscribe ios 3": its third token; an installation beyond the first, or another device, is named."""
    install, number = operation.register >> 8 & 0xFFFF, operation.register >> 24
    token = f" {operation.value & 0xFFFFF}" if operation.value > 0 else ""
    where = f" of install {install}" if install else ""
    return f"{operation.kind.name.lower()} {operation.type.wire}{token}{where}" + (" elsewhere" * (number != device))


def device_with(stage: Stage, what: Keeper | PushType) -> int:
    """The first device that keeps its deviceId there, or has that type."""
    fleet = stage.fleet
    fits: Callable[[int], bool] = (
        (lambda each: fleet.keeper(each) is what)
        if isinstance(what, Keeper)
        else (lambda each: what in fleet.types(each))
    )
    return next(each for each in range(fleet.devices) if fits(each))


def overlap(stage: Stage) -> None:
    """From now on, of calls made together, each next one is begun and ended while the one before is being sent."""
    send = stage.backend.subscribe

    def together(calls: list[Callable[[], object]]) -> None:
        rest = calls[1:]

        def sending(*what: str) -> Answer:
            if rest:
                rest.pop(0)()
            return send(*what)  # type: ignore[arg-type]  # as it came

        stage.world.api.subscribe = sending  # type: ignore[method-assign,assignment]
        calls[0]()
        stage.world.api.subscribe = send  # type: ignore[method-assign]
        assert rest == []

    stage.world.together = together
