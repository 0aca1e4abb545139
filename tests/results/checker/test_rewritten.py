"""Values written again: what the kernel is sure of by itself, by histories small enough to draw."""

import pytest

from results.checker.kernel.order import surely_legal
from results.checker.kernel.screen import room
from results.checker.kernel.zones import Columns
from results.checker.operation import ABSENT, NEVER, Operation
from results.checker.register import Legality, judge_register
from tests.results.checker.test_kernel import history_of, legal_by_kernel
from tests.results.checker.test_sweep import delete, read, write

SURE = {
    "one after the other": [write(1, 0, 1), write(1, 2, 3), read(1, 4, 5)],
    "at once": [write(1, 0, 3), write(1, 2, 5)],
    "the first ends last": [write(1, 0, 9), write(1, 2, 3), write(2, 10, 11), read(2, 12, 13)],
    "another before": [write(2, 0, 4), write(1, 5, 6), write(1, 7, 8), read(1, 9, 10)],
    "another after": [write(1, 0, 1), write(1, 2, 5), write(2, 6, 7), read(2, 8, 9)],
    "two values": [write(1, 0, 1), write(1, 2, 3), write(2, 4, 5), write(2, 6, 7), read(2, 8, 9)],
    "the later value has the lesser number": [write(2, 0, 1), write(2, 2, 3), write(1, 4, 5), write(1, 6, 7)],
    "three times": [write(1, 0, 1), write(1, 2, 3), write(1, 4, 5), delete(6, 7), read(ABSENT, 8, 9)],
    "in any order": [read(1, 9, 10), write(1, 7, 8), write(2, 0, 4), write(1, 5, 6)],
    "an unsubscribe before": [delete(0, 4), write(1, 5, 6), write(1, 7, 8)],
    "read between": [write(1, 0, 1), read(1, 2, 3), write(1, 4, 5), read(1, 6, 7)],
    "nothing read until it was there": [write(1, 0, 2), write(1, 4, 5), read(ABSENT, 2, 3)],
    "read by the time that the first began": [write(1, 3, 4), write(1, 5, 6), read(1, 0, 3)],
}

UNSURE = {
    "one before reaches in": [write(2, 0, 5), write(1, 5, 6), write(1, 7, 8)],
    "an earlier one reaches in": [write(3, 0, 20), write(2, 1, 2), write(1, 5, 6), write(1, 7, 8)],
    "one after begins too soon": [write(1, 0, 1), write(1, 2, 5), write(2, 5, 6)],
    "one after begins while the first is under way": [write(1, 0, 9), write(1, 2, 3), write(2, 5, 10)],
    "an unsubscribe reaches in": [delete(0, 5), write(1, 5, 6), write(1, 7, 8)],
    "an unsubscribe between": [write(1, 0, 1), delete(2, 3), write(1, 4, 5)],
    "another value between": [write(1, 0, 1), write(1, 2, 3), write(2, 4, 5), write(1, 6, 7)],
    "one of two was not answered": [write(1, 0, 1), write(1, 2, NEVER, ok=False)],
    "nothing read after the first": [write(1, 0, 1), write(1, 4, 5), read(ABSENT, 2, 3)],
    "nothing read after both": [write(1, 0, 1), write(1, 2, 3), read(ABSENT, 4, 5)],
    "the former value read after the first": [write(2, 0, 1), write(1, 2, 3), write(1, 6, 7), read(2, 4, 5)],
    "the former value read before the second, seen before": [
        *(write(2, 0, 1), write(1, 2, 9), write(1, 3, 12)),
        *(read(1, 4, 5), read(2, 6, 7)),
    ],
    "read before the first began": [write(1, 4, 5), write(1, 6, 7), read(1, 2, 3)],
}


@pytest.mark.parametrize("name", SURE)
def test_the_kernel_is_sure_of_a_value_that_nothing_came_between(name: str) -> None:
    assert legal_by_kernel([SURE[name]]) == [True]
    assert judge_register(recorded(SURE[name])).legality is Legality.LEGAL


@pytest.mark.parametrize("name", UNSURE)
def test_the_kernel_leaves_to_the_judge_what_something_came_between_or_what_is_wrong(name: str) -> None:
    assert legal_by_kernel([UNSURE[name]]) == [False]


def test_what_is_left_of_one_register_is_nothing_to_the_next() -> None:
    registers = [*SURE.values(), *UNSURE.values(), *SURE.values()]

    assert legal_by_kernel(registers) == [True] * len(SURE) + [False] * len(UNSURE) + [True] * len(SURE)


def recorded(operations: list[Operation]) -> list[Operation]:
    """The operations, each with a record of its own."""
    return [op._replace(record=at) for at, op in enumerate(operations)]


def test_a_write_that_was_neither_answered_nor_seen_is_nothing_to_the_kernel() -> None:
    assert legal_by_kernel(
        [
            [write(1, 0, 1), read(1, 8, 9), write(2, 3, 4, ok=False)],
            [write(1, 0, 3, ok=False), read(ABSENT, 4, 5)],
            [write(1, 0, 1), read(1, 8, 9), write(2, 3, 4)],
        ]
    ) == [True, True, False]


@pytest.mark.parametrize("rubbish", [-(2**62), 0, 2**62])
def test_what_stood_in_memory_before_is_nothing_to_the_kernel(rubbish: int) -> None:
    forward = [write(2, 2, 3), read(2, 6, 7), write(1, 0, 1), write(3, 1, 2), delete(8, 9), read(ABSENT, 10, 11)]
    found = []
    for operations in [*SURE.values(), forward, *UNSURE.values()]:
        whole, space = history_of([operations]), room(len(operations))
        for numbers in space:
            numbers.fill(rubbish)
        found.append(surely_legal(Columns(whole.kind, whole.value, whole.inv, whole.ret, whole.ok), space))

    assert found == [True] * (len(SURE) + 1) + [False] * len(UNSURE)
