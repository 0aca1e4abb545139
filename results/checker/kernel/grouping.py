"""Putting operations in the order of their registers, compiled: counting takes a tenth of the time of sorting."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from results.checker.kernel.compiling import compiled
from results.checker.kernel.sorting import Numbers


def in_order(registers: Numbers) -> NDArray[np.signedinteger[Any]]:
    """Positions that sort the registers; equal ones stay in order."""
    least, greatest = int(registers.min(initial=0)), int(registers.max(initial=0))
    if greatest - least > 4 * len(registers):  # numbers that are far apart would need too much room to be counted
        return np.argsort(registers, kind="stable")
    narrow: type[np.signedinteger[Any]] = (
        np.int32 if len(registers) < 2**31 else np.int64
    )  # half the room, and half the traffic
    order: NDArray[np.signedinteger[Any]] = np.empty(len(registers), narrow)
    _count(registers, least, np.zeros(greatest - least + 2, narrow), order)
    return order


@compiled
def _count(
    registers: Numbers, least: int, places: NDArray[np.signedinteger[Any]], order: NDArray[np.signedinteger[Any]]
) -> None:
    for register in registers:
        places[register - least + 1] += 1
    for at in range(1, len(places)):
        places[at] += places[at - 1]
    for at in range(len(registers)):
        place = registers[at] - least
        order[places[place]] = at
        places[place] += 1
