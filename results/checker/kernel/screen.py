"""Screening many registers at once, on all cores."""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from results.checker.kernel.compiling import compiled
from results.checker.kernel.order import surely_legal
from results.checker.kernel.sorting import Numbers
from results.checker.kernel.zones import Columns, Space


def screened(first: Numbers, ops: Columns) -> NDArray[np.bool_]:
    """Which registers are surely legal.

    `ops` are the operations of all registers, one register after the other; `first` holds where each one's begin, and
    their end at last. Every register has one at least.
    """
    legal = np.zeros(len(first) - 1, np.bool_)
    longest = int(np.diff(first).max(initial=0))

    def part(begin: int, end: int) -> None:
        _screen(first[begin : end + 1], ops, room(longest), legal[begin:end])

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for done in [threads.submit(part, begin, end) for begin, end in pairwise(shares(first))]:
            done.result()
    return legal


def shares(first: Numbers) -> list[int]:
    """Bounds of parts of the registers for the threads: more than cores, since registers differ.

    By operations, not by registers: a few long ones would keep one core busy for all.
    """
    parts = 8 * (os.cpu_count() or 1)
    bounds: list[int] = np.searchsorted(first, np.linspace(0, first[-1], parts + 1)).tolist()
    return bounds


def room(longest: int) -> Space:
    """Space for registers of up to so many operations."""
    rows = np.empty((7, longest), np.int64)
    return Space(rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], rows[6], np.empty((8, longest), np.int64))


@compiled
def _screen(first: Numbers, ops: Columns, space: Space, legal: NDArray[np.bool_]) -> None:
    for register in range(len(legal)):
        begin, end = first[register], first[register + 1]
        here = Columns(
            ops.kind[begin:end], ops.value[begin:end], ops.inv[begin:end], ops.ret[begin:end], ops.ok[begin:end]
        )
        legal[register] = surely_legal(here, space)
