"""Sorting positions by keys, in place: NumPy's would allocate for each register."""

import numpy as np
from numpy.typing import NDArray

from results.checker.kernel.compiling import compiled

_FEW = 24  # up to so many, moving neighbours is fastest

Numbers = NDArray[np.int64]


@compiled
def sort_by(keys: Numbers, order: Numbers, count: int, spare: Numbers) -> None:
    """Sort the first `count` of `order`, which are positions in `keys`, by their keys; equal ones stay in order.

    `spare` has room for as many.
    """
    width = _FEW
    for begin in range(0, count, width):
        _insert(keys, order, begin, min(begin + width, count))
    while width < count:
        for begin in range(0, count - width, 2 * width):
            _merge(keys, order, begin, begin + width, min(begin + 2 * width, count), spare)
        width *= 2


@compiled
def _insert(keys: Numbers, order: Numbers, begin: int, end: int) -> None:
    for at in range(begin + 1, end):
        moved = order[at]
        key = keys[moved]
        to = at
        while to > begin and keys[order[to - 1]] > key:
            order[to] = order[to - 1]
            to -= 1
        order[to] = moved


@compiled
def _merge(keys: Numbers, order: Numbers, begin: int, middle: int, end: int, spare: Numbers) -> None:
    """Merge two sorted neighbours."""
    if keys[order[middle - 1]] <= keys[order[middle]]:
        return
    spare[begin:middle] = order[begin:middle]
    left, right, to = begin, middle, begin
    while left < middle:
        if right < end and keys[order[right]] < keys[spare[left]]:
            order[to] = order[right]
            right += 1
        else:
            order[to] = spare[left]
            left += 1
        to += 1


@compiled
def below(keys: Numbers, count: int, limit: int) -> int:
    """How many of the first `count` keys, which are sorted, are less than the limit."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < limit:
            low = middle + 1
        else:
            high = middle
    return low
