"""What devices will register next, for many at once: under load, one at a time, it takes ten times as long."""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.fleet.population import Make
from simulator.fleet.state import Flag
from simulator.tokens import mint_many
from simulator.tokens.provenance import GENERATION_BITS

VALUE_BITS: Final = 32  # as in a token

_GENERATION: Final = np.uint64(2**GENERATION_BITS - 1)


def next_writes(
    fleet: int,
    alike: Iterable[tuple[Make, NDArray[np.intp]]],
    devices: NDArray[np.uint64],
    state: NDArray[np.void],
    run: int,
) -> Iterator[tuple[int, str]]:
    """Each device's next registration for alerts as (register << VALUE_BITS | value, token); `state` is theirs.

    The OS's latest token, or the first one of this run where there is none that may be registered. A device whose
    tokens are of another form than its type's own is left out.
    """
    latest = state["slots"][:, 0].astype(np.uint64)
    usable = (latest > 0) & (state["flags"] & Flag.SPENT[0] == 0)
    values = np.where(usable, latest, np.uint64(run << GENERATION_BITS | 1))
    installs = state["installs"].astype(np.uint64)
    for make, places in alike:
        those = places[state["flags"][places] & Flag.FID == 0]
        kind, device, install, value = make.types[0], devices[those], installs[those], values[those]
        runs, generations = value >> np.uint64(GENERATION_BITS), value & _GENERATION
        tokens = mint_many(fleet, runs, device, install, kind, generations)
        registers = device << np.uint64(24) | install << np.uint64(8) | np.uint64(kind)
        for register, number, token in zip(registers.tolist(), value.tolist(), tokens.tolist(), strict=True):
            yield register << VALUE_BITS | number, token.decode()
