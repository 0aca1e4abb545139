"""Networks for tests: a perfect one, and those that differ from it in what a test is about."""

from dataclasses import replace
from random import Random
from typing import Any, Final

from simulator.networks import Life, Mixture, Network

PERFECT: Final = Network("perfect", "", 0.1, 0.2, 0.0, None, 0.0, 0.0, 0.0, None)
PATIENCE: Final = 10.0


def mixture(*networks: Network) -> Mixture:
    """Of these networks, all alike in share."""
    return Mixture("made", "", {each: 1 / len(networks) for each in networks}, {each.name: each for each in networks})


def life(seed: int = 1, **changes: Any) -> Life:  # noqa: ANN401 - the network's
    """By a network that is perfect but for the changes."""
    return Life(mixture(replace(PERFECT, **changes)), Random(seed), PATIENCE)
