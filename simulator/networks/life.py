"""What a network does to the calls of one scenario's life: all of it drawn from the life's own randomness.

A device's n-th life in a run has the same networks and the same mishaps in every run with its seed and number, whatever
it does there, whenever it is lived, and in however many processes.
"""

from collections.abc import Callable
from enum import IntEnum
from random import Random
from typing import Final, NamedTuple

from simulator.fleet.mixing import Mixer
from simulator.networks.network import Mixture, Network

_OPENING: Final = 2.0  # round trips more, for TCP and for TLS 1.3
_LIVES: Final = 32  # bits that count a device's lives in a run


class End(IntEnum):
    """How the network has a call end."""

    ANSWERED = 0
    LOST = 1  # no byte leaves the phone
    CUT = 2  # some bytes leave
    UNANSWERED = 3  # all bytes leave, and no answer is read


class Fate(NamedTuple):
    """What becomes of one call; drawn whole before it begins."""

    network: Network
    end: End
    handed_over: bool  # since the last call: no connection is kept
    up: float  # seconds until the bytes leave; of a call that is lost: until the app is told
    down: float  # seconds from the answer to the app
    part: float  # of the bytes, that leave before the connection is cut


class Life:
    """The networks of one phone through one scenario."""

    __slots__ = ("_calls", "_mixture", "_patience", "_rng", "network")

    def __init__(self, mixture: Mixture, rng: Random, patience: float) -> None:
        """Draw from `rng`, which is this life's alone; the app waits for `patience` seconds for what is lost."""
        self._mixture = mixture
        self._rng = rng
        self._patience = patience
        self._calls = 0
        self.network = self._any()

    def fate(self) -> Fate:
        """Draw what becomes of the next call."""
        rng = self._rng
        chance, part, moves = rng.random(), rng.random(), rng.random()
        handed_over = self._calls > 0 and moves < self.network.hand_over
        self._calls += 1
        if handed_over:
            self.network = self._mixture.known[self.network.to] if self.network.to else self._any()
        network = self.network
        up, down = self._way(), self._way()
        if chance < network.lost:
            after = self._patience if network.lost_after is None else network.lost_after
            return Fate(network, End.LOST, handed_over, after, 0.0, 0.0)
        if handed_over:
            up += _OPENING * (up + down)
        if chance < network.lost + network.cut:
            return Fate(network, End.CUT, handed_over, up, 0.0, part)
        end = End.UNANSWERED if chance < network.lost + network.cut + network.unanswered else End.ANSWERED
        return Fate(network, end, handed_over, up, down, 1.0)

    def _any(self) -> Network:
        """A network of the run's, by its share."""
        shares = self._mixture.shares
        return self._rng.choices([*shares], [*shares.values()])[0]

    def _way(self) -> float:
        """Half a round trip."""
        network = self.network
        drawn = self._rng.lognormvariate(0.0, network.sigma) * network.median
        return min(drawn, network.longest) / 2


def lives(mixture: Mixture, seed: int, run: int, patience: float) -> Callable[[int], Life]:
    """What gives a device its next life in a run, by the device's number.

    Devices' lives are counted here and nowhere else: whoever acts for a device in a run has to do so alone, as the
    workers do, whose people are their own.
    """
    mixer = Mixer.of(seed, f"networks/{run}")
    lived: dict[int, int] = {}

    def next_life(device: int) -> Life:
        number = lived[device] = lived.get(device, 0) + 1
        return Life(mixture, Random(mixer.mix(device << _LIVES | number)), patience)  # noqa: S311 - seeded

    return next_life


def longest(mixture: Mixture, patience: float) -> float:
    """Seconds that networks can add to a call, at the most, the waiting for what is lost included."""
    way = max(network.longest for network in mixture.known.values())
    lost = (patience if network.lost_after is None else network.lost_after for network in mixture.known.values())
    return max((_OPENING + 1.0) * way, *lost, 0.0)
