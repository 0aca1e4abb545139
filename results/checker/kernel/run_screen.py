"""Screening a run's registers, on all cores."""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from results.checker.kernel.compiling import compiled
from results.checker.kernel.plain import MOST_PEOPLE, Facts, Records, screened
from results.checker.kernel.screen import room, shares
from results.checker.kernel.sorting import Numbers
from results.checker.kernel.zones import Columns, Space


def screen_run(records: Records, first: Numbers, run: int) -> NDArray[np.int8]:
    """What can be said of each register, if no operation of theirs is missing from the journal: UNSURE, RIGHT, NOTHING.

    `records` are those of registers, sorted by register and `sent`; `first` holds where each register's begin, and
    their end at last.
    """
    found = np.zeros(len(first) - 1, np.int8)
    longest = int(np.diff(first).max(initial=0))

    def part(begin: int, end: int) -> None:
        numbers = np.empty((3, longest), np.int64)
        ops = Columns(np.empty(longest, np.int8), numbers[0], numbers[1], numbers[2], np.empty(longest, np.bool_))
        _screen(records, first[begin : end + 1], run, ops, room(longest), found[begin:end])

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for done in [threads.submit(part, begin, end) for begin, end in pairwise(shares(first))]:
            done.result()
    return found


@compiled
def _screen(records: Facts, first: Numbers, run: int, ops: Columns, space: Space, found: NDArray[np.int8]) -> None:
    people = np.empty(MOST_PEOPLE, np.int64)
    for register in range(len(found)):
        found[register] = screened(records[first[register] : first[register + 1]], run, ops, space, people)
