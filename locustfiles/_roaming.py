"""Phones on simulated networks: each life of a scenario over networks of its own, with what those did counted."""

from collections.abc import Callable
from dataclasses import asdict, replace

from locustfiles._assignment import Assignment
from simulator.client import HttpTransport
from simulator.networks import Carried, NetworkClient, lives, read_mixture
from simulator.phones import Operation, Phone, World


class Roaming:
    """Makes phones as `Phone` does; one for each worker."""

    def __init__(self, assignment: Assignment, world: World, transport: HttpTransport) -> None:
        """The phones are in `world`, over `transport`, by the networks that the assignment names."""
        patience = assignment.way.answer
        self._lives = lives(read_mixture(assignment.network), assignment.seed, assignment.run_number, patience)
        self._client = NetworkClient(transport, client_key=assignment.client_key)
        self.world = replace(world, observe=apart(world.observe))

    def phone(self, device: int, scenario: int, due: int | None) -> Phone:
        """A phone for one life of a scenario."""
        world = replace(self.world, api=self._client.of(self._lives(device)))
        return Phone(world, device, scenario=scenario, due=due)

    def said(self) -> dict[str, dict[str, int]]:
        """What each network did, by its name."""
        return {name: asdict(use) for name, use in self._client.traffic.uses.items()}


def apart(observe: Callable[[Operation], None]) -> Callable[[Operation], None]:
    """Keep the network's time apart from the server's, and from the generator's.

    A call that its network held up was due at the server that much later: response and send lag are as without one.
    """

    def observe_apart(operation: Operation) -> None:
        answer = operation.answer
        if isinstance(answer, Carried):
            operation = operation._replace(intended=operation.intended + answer.up)
        observe(operation)

    return observe_apart
