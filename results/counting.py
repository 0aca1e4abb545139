"""Counting among many numbers, for many questions at once."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


def count_below(values: Numbers, begin: Numbers, end: Numbers, limit: Numbers) -> Numbers:
    """For each question, how many of `values[begin:end]` are less than `limit`; all are at least 0.

    A wavelet matrix, built bit by bit from the highest and dropped at once: O((values + questions) * bits).
    """
    found = np.zeros(len(limit), np.int64)
    highest = max(int(values.max(initial=0)), int(limit.max(initial=0)))
    for bit in reversed(range(highest.bit_length())):
        is_one = (values >> bit & 1).astype(np.bool_)
        zeros = np.concatenate(([0], np.cumsum(~is_one)))  # before each place
        zeros_begin, zeros_end = zeros[begin], zeros[end]
        is_more = (limit >> bit & 1).astype(np.bool_)  # then all that have a zero here are less
        found += np.where(is_more, zeros_end - zeros_begin, 0)
        begin = np.where(is_more, zeros[-1] + begin - zeros_begin, zeros_begin)
        end = np.where(is_more, zeros[-1] + end - zeros_end, zeros_end)
        values = np.concatenate((values[~is_one], values[is_one]))
    return found


def first_above(values: Numbers, begin: Numbers, end: Numbers, limit: Numbers) -> Numbers:
    """For each question the first place of `values[begin:end]`, which ascends, with more than `limit`, or `end`."""
    begin, end = begin.copy(), end.copy()
    left = np.flatnonzero(begin < end)
    while len(left):
        middle = (begin[left] + end[left]) // 2
        is_above = values[middle] > limit[left]
        end[left[is_above]] = middle[is_above]
        begin[left[~is_above]] = middle[~is_above] + 1
        left = left[begin[left] < end[left]]
    return begin
