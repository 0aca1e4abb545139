"""What the kernel sorts with, against what Python sorts with."""

from random import Random

import numpy as np
import pytest

from results.checker.kernel.absences import _pop, _push
from results.checker.kernel.grouping import in_order
from results.checker.kernel.sorting import below, sort_by


@pytest.mark.parametrize("count", [0, 1, 2, 3, 24, 25, 47, 48, 49, 72, 73, 96, 97, 150])
def test_positions_are_sorted_by_their_keys_and_equal_ones_stay_in_order(count: int) -> None:
    rng = Random(count)
    keys = np.array([rng.randrange(count + 1) for _ in range(count + 2)], np.int64)
    order = np.array([*rng.sample(range(count), count), count + 1, count], np.int64)
    expected = [*sorted(order[:count].tolist(), key=keys.tolist().__getitem__), count + 1, count]

    sort_by(keys, order, count, np.empty(count, np.int64))

    assert order.tolist() == expected  # and what stands behind is left alone


def test_of_two_sorted_halves_the_later_may_come_first() -> None:
    order = np.arange(48)

    sort_by(np.array([*range(24, 48), *range(24)], np.int64), order, 48, np.empty(48, np.int64))

    assert order.tolist() == [*range(24, 48), *range(24)]


def test_two_sorted_halves_are_merged_if_only_the_last_of_the_first_is_too_great() -> None:
    order = np.arange(25)

    sort_by(np.array([*range(23), 60, 50], np.int64), order, 25, np.empty(25, np.int64))

    assert order.tolist() == [*range(23), 24, 23]


def test_equal_keys_stay_in_order_across_the_halves() -> None:
    order = np.arange(50)

    sort_by(np.array([1] * 24 + [0, 1] * 13, np.int64), order, 50, np.empty(50, np.int64))

    assert order.tolist() == [*range(24, 50, 2), *range(24), *range(25, 50, 2)]


def test_how_many_keys_lie_below_a_limit() -> None:
    keys = np.array([1, 3, 3, 7, 0, 0], np.int64)

    assert [below(keys, 4, limit) for limit in (0, 1, 2, 3, 4, 7, 8)] == [0, 0, 1, 1, 3, 3, 4]
    assert [below(keys, count, 3) for count in (0, 1, 2)] == [0, 1, 1]


@pytest.mark.parametrize("apart", [1, 1_000_003], ids=["near each other", "far apart"])
def test_registers_are_put_in_order_and_their_operations_stay_in_theirs(apart: int) -> None:
    registers = apart * np.array([5, 3, 9, 3, 5, 5, 4, 9, 3, 3], np.int64)

    assert in_order(registers).tolist() == [1, 3, 8, 9, 6, 0, 4, 5, 2, 7]
    assert in_order(registers[:0]).tolist() == []
    assert in_order(-registers).tolist() == [2, 7, 0, 4, 5, 6, 1, 3, 8, 9]


@pytest.mark.parametrize("count", [1, 2, 7, 8, 9, 16, 23])
def test_the_least_is_first_in_the_heap_while_it_grows_and_shrinks(count: int) -> None:
    rng, heap = Random(count), np.empty(count, np.int64)
    keys = np.array(rng.sample(range(100), count), np.int64)
    for number in range(count):
        _push(heap, number, number, keys)
        assert keys[heap[0]] == min(keys[: number + 1])
    for size in range(count - 1, -1, -1):
        assert keys[heap[0]] == sorted(keys)[count - 1 - size]
        _pop(heap, size, keys)
