"""The delays that a calibrated server answers with: known for each request, before it was made."""

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

MS: Final = 1_000_000
S: Final = 1_000_000_000

# One-second stalls every ten seconds, of the machine's monotonic clock: in them nothing is read and nothing answered.
EVERY: Final = 10 * S
STALL: Final = S

_SEED: Final = 11


def _constant(_: Random) -> int:
    return 5 * MS


def _bimodal(rng: Random) -> int:
    return 40 * MS if rng.random() < 0.2 else 4 * MS


def _tail(rng: Random) -> int:
    """Pareto, from 2 ms on: one in a thousand takes over 200 ms."""
    return min(int(2 * MS * (1 - rng.random()) ** -(2 / 3)), 2 * S)


DELAYS: Final[dict[str, Callable[[Random], int]]] = {
    "constant": _constant,
    "bimodal": _bimodal,
    "tail": _tail,
    "stalls": _constant,
}


def delays(shape: str, count: int) -> list[int]:
    """The first `count` delays in ns, by the order in which requests are read."""
    rng, draw = Random(_SEED), DELAYS[shape]
    return [draw(rng) for _ in range(count)]


def stall_end(shape: str, moment: int) -> int:
    """When the server looks again: `moment`, or the end of the stall it lies in; monotonic ns."""
    into = moment % EVERY
    return moment - into + STALL if shape == "stalls" and into < STALL else moment


def grid(rate: int, first: int, last: int) -> list[int]:
    """When one arrival each 1/rate s is due from `first` to `last`; monotonic ns."""
    return [place * S // rate for place in range(math.ceil(first * rate / S), last * rate // S + 1)]


def truth(shape: str, due: Sequence[int]) -> list[int]:
    """Response times in ns, ascending, of arrivals that are due at these moments (monotonic ns), by theory.

    What is due in a stall is read when it ends, and what was to be answered in one is answered then. Nothing else
    queues: the server answers any number at once.
    """
    took = delays(shape, len(due))
    ready = (stall_end(shape, moment) + delay for moment, delay in zip(due, took, strict=True))
    return sorted(stall_end(shape, answer) - moment for moment, answer in zip(due, ready, strict=True))
