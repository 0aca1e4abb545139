"""What a life of a scenario chooses: drawn from the seed, and the same however many workers share the fleet."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from simulator.fleet.mixing import Mixer

_LIVES: Final = 32  # bits that count a device's lives in a run


def chances(seed: int, run: int, scenarios: Sequence[str]) -> Callable[[int, int], Random]:
    """What gives a life its randomness, by the device and the scenario's place in `scenarios`.

    A device's n-th life of a scenario in which it chooses anything chooses the same in every run of this seed and
    number: whatever else is lived there, whenever, at which rate, and in however many processes. Lives are counted here
    and nowhere else: whoever acts for a device in a run has to do so alone, as the workers do, whose people are theirs.
    """
    mixers = [Mixer.of(seed, f"chances/{run}/{name}") for name in scenarios]
    lived: list[dict[int, int]] = [{} for _ in scenarios]

    def next_life(device: int, scenario: int) -> Random:
        number = lived[scenario][device] = lived[scenario].get(device, 0) + 1
        return Random(mixers[scenario].mix(device << _LIVES | number))  # noqa: S311 - seeded

    return next_life
