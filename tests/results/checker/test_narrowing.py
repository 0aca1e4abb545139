"""A long register is judged by the operations of its first violation alone, and comes to the same."""

import os
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

import numpy as np
import pytest

from results.checker import history
from results.checker.history import check_history
from results.checker.kernel.zones import Columns
from results.checker.narrowing import suspects
from results.checker.operation import ABSENT, DELETE, NEVER, READ, WRITE, Operation
from results.checker.register import Finding, judge_register
from results.checker.rule import Rule
from results.checker.zones import Violation
from tests.results.checker.exhaustive import random_history
from tests.results.checker.test_kernel import history_of, mostly_right

HISTORIES: Final = int(os.environ.get("PUSHFLEET_HISTORIES", "20000"))


def narrowed(*operations: tuple[int, int, int, int] | tuple[int, int, int, int, bool]) -> list[int] | None:
    """The places of the operations that are kept, of these: kind, value, inv, ret, and whether they are ok."""
    whole = history_of([[Operation(*op[:4], op[4] if len(op) > 4 else True, at) for at, op in enumerate(operations)]])
    kept = suspects(Columns(*whole.columns(0)))
    return None if kept is None else np.flatnonzero(kept).tolist()


def test_of_strays_the_first_ones_value_is_kept_whole() -> None:
    unwritten, early = (READ, 9, 4, 5), (READ, 2, 0, 1)
    one, two, gone = (WRITE, 1, 0, 1), (WRITE, 2, 2, 3), (DELETE, ABSENT, 6, 7)

    assert narrowed(one, two, unwritten, gone, (READ, 9, 8, 9), early) == [2, 4]
    assert narrowed(one, two, early, unwritten, (READ, 2, 4, 5), gone) == [1, 2, 4]
    assert narrowed(one, two, (DELETE, 9, 4, 5), unwritten) == [3]  # a delete has no value, whatever stands there
    assert narrowed(one, two, (READ, 2, 0, 2), (READ, 1, 9, 9), (READ, 0, 9, 9)) == [4]  # what touches is not early


def test_of_v1_both_values_of_the_first_are_kept_and_nothing_else() -> None:
    one, two, three = (WRITE, 1, 0, 1), (WRITE, 2, 2, 3), (WRITE, 3, 10, 11)
    before = [(WRITE, 7, -9, -8), (READ, 7, -7, -6), (DELETE, ABSENT, -5, -4), one, two, (READ, 2, 6, 7), three]

    assert narrowed(*before, (READ, 1, 4, 5), (READ, 3, 14, 15), (READ, 2, 12, 13)) == [3, 4, 5, 7, 9]
    assert narrowed(*before, (READ, 1, 4, 5), (READ, 1, 3, 3), (READ, ABSENT, 20, 21)) == [3, 4, 5, 7, 8]


def test_of_v1_the_value_that_reaches_furthest_is_kept() -> None:
    far, near = [(WRITE, 1, 0, 1), (READ, 1, 30, 31)], [(WRITE, 2, 0, 0), (READ, 2, 4, 5)]

    assert narrowed(*near, *far, (WRITE, 3, 2, 2), (READ, 3, 3, 3)) == [0, 1, 2, 3]
    assert narrowed(*near, (READ, 2, 1, 1), (WRITE, 3, 6, 7), *far, (READ, 3, 9, 9)) == [0, 1, 2, 4, 5]


def test_of_two_that_reach_as_far_the_one_that_was_held_first_is_kept() -> None:
    first, second = [(WRITE, 1, 0, 1), (READ, 1, 20, 21)], [(WRITE, 2, 0, 1), (READ, 2, 20, 21)]

    assert narrowed(*second, *first, (WRITE, 3, 5, 6), (READ, 3, 7, 8)) == [0, 1, 2, 3]
    assert narrowed(*second, (WRITE, 3, 5, 6), (DELETE, ABSENT, 8, 9), (READ, 1, 9, 9), (WRITE, 1, 30, 31)) == [4, 5]
    many = [[(WRITE, at, 0, 2 - at % 2), (READ, at, 20, 21)] for at in range(600)]  # few are sorted in another way
    assert narrowed(*(op for value in many for op in value)) == [2, 3, 6, 7]


def test_of_v2_the_value_and_what_surely_stood_there_are_kept() -> None:
    one, two, again = (WRITE, 1, 0, 1), (WRITE, 2, 2, 3), (READ, 1, 6, 7)

    assert narrowed((WRITE, 9, -3, -2), one, two, again, (WRITE, 3, 4, 5), (DELETE, ABSENT, 4, 5)) == [1, 2, 3]
    assert narrowed(one, (WRITE, 2, 1, 3), (WRITE, 4, 2, 6), again, (WRITE, 3, 4, 5)) == [0, 3, 4]
    assert narrowed(one, (WRITE, 2, 2, 3, False), (WRITE, 4, 4, 5), again) == [0, 2, 3]  # never seen, it proves nothing
    assert narrowed(one, (WRITE, 2, 2, NEVER, False), (READ, 2, 2, 5), (READ, 1, 6, 7)) == [0, 1, 2, 3]


def test_of_v3_the_first_delete_and_what_surely_stood_there_are_kept() -> None:
    one, again, other = (WRITE, 1, 0, 1), (READ, 1, 6, 7), [(WRITE, 2, 9, 10), (READ, ABSENT, 20, 21)]
    unknown, touching = (DELETE, ABSENT, 2, 3, False), (DELETE, ABSENT, 1, 3)

    assert narrowed(one, again, unknown, touching, (DELETE, ABSENT, 3, 4), (DELETE, ABSENT, 2, 3), *other) == [0, 1, 4]
    assert narrowed(one, again, (DELETE, ABSENT, 2, 6), (DELETE, ABSENT, 2, 5), *other) == [0, 1, 3]
    later = [(WRITE, 3, 30, 31), (READ, 3, 36, 37), (DELETE, ABSENT, 32, 33)]
    assert narrowed(one, again, (DELETE, ABSENT, 2, 5), *later) == [0, 1, 2]


def test_of_v4_the_first_absence_is_kept_with_its_value_and_all_deletes() -> None:
    one, two, gone = (WRITE, 1, 0, 1), (WRITE, 2, 2, 3), (DELETE, ABSENT, 1, 2)
    none, again = (READ, ABSENT, 6, 7), (READ, ABSENT, 8, 9)

    assert narrowed(one, two, none, again) == [1, 2]
    assert narrowed(one, two, (READ, 2, 4, 5), (READ, 1, 1, 1), gone, again, none) == [1, 2, 4, 5]
    assert narrowed(one, (READ, ABSENT, 1, 1), (READ, ABSENT, 2, 3), (READ, 1, 9, 9)) == [0, 2, 3]  # held till later
    assert narrowed((DELETE, ABSENT, 1, 2), (WRITE, 1, 3, 4, False), (WRITE, 5, 0, 1), none) == [0, 2, 3]
    assert narrowed(one, none, two, (READ, 2, 10, 11), (READ, ABSENT, 12, 13)) == [1, 2, 3]
    assert narrowed(one, (READ, ABSENT, 4, 5), (WRITE, 3, 6, 7), (READ, ABSENT, 8, 9)) == [0, 1]


def test_of_v4_what_a_delete_explains_is_not_kept() -> None:
    one, gone, again = (WRITE, 1, 0, 1), (DELETE, ABSENT, 2, 5), [(WRITE, 2, 6, 7), (READ, ABSENT, 8, 9)]

    assert narrowed(one, gone, (READ, ABSENT, 4, 5), *again) == [1, 3, 4]
    assert narrowed(one, (READ, 1, 5, 6), gone, (READ, ABSENT, 3, 5), *again) == [2, 4, 5]  # may have acted
    assert narrowed(one, (READ, 1, 5, 6), gone, (READ, ABSENT, 3, 7), *again) == [2, 4, 5]


def test_of_v5_all_absences_after_a_value_are_kept_with_all_deletes_and_what_is_held_as_these_end() -> None:
    first, gone = (WRITE, 1, 0, 1), (DELETE, ABSENT, 2, 20)
    none, between, still = (READ, ABSENT, 4, 5), (WRITE, 2, 8, 9), (READ, ABSENT, 12, 13)
    early, unneeded = (READ, ABSENT, 0, 1), (WRITE, 3, 6, 7)

    assert narrowed(first, gone, none, between, still, early, unneeded) == [0, 1, 2, 3, 4]
    held = [(WRITE, 4, 16, 17), (READ, 4, 21, 22), (WRITE, 5, 24, 25), (READ, 5, 27, 28)]
    assert narrowed(first, gone, none, between, still, *held) == [0, 1, 2, 3, 4, 5, 6]
    assert narrowed(first, gone, none, between, still, held[0], (READ, 4, 20, 22)) == [0, 1, 2, 3, 4]


def test_a_value_written_again_takes_the_whole_register_and_so_does_one_without_writes() -> None:
    assert narrowed((WRITE, 1, 0, 1), (WRITE, 1, 2, 3), (READ, 2, 4, 5)) is None
    assert narrowed((READ, 2, 4, 5), (DELETE, ABSENT, 6, 7)) is None


def short(rng: Random) -> list[Operation]:
    return random_history(rng, size=rng.randint(1, 12), span=rng.choice([8, 20, 60]), rewrites=False)


def long(rng: Random) -> list[Operation]:
    return mostly_right(rng, rng.randint(30, 60))


def absent(rng: Random) -> list[Operation]:
    """Values one after the other, each read at most for a while, with deletes that take their time, and absences."""
    operations: list[Operation] = []
    for number in range(rng.randint(2, 12)):
        moment = 10 * number
        kind = rng.choice([WRITE, READ, READ, DELETE])
        if kind == WRITE and rng.random() < 0.4:
            operations.append(Operation(READ, number, moment + 4, moment + 5, ok=True, record=len(operations)))
        spread = rng.randrange(40) if kind == DELETE else 2
        value = number if kind == WRITE else ABSENT
        operations.append(Operation(kind, value, moment - spread, moment + spread, ok=True, record=len(operations)))
    rng.shuffle(operations)
    return operations


@pytest.mark.parametrize(
    ("seed", "made", "rules"),
    [
        (51, short, {Rule.V1, Rule.V2, Rule.V3, Rule.V4, Rule.EARLY}),
        (52, long, {Rule.V1, Rule.V2, Rule.V3, Rule.V4, Rule.EARLY}),
        (53, absent, {Rule.V4, Rule.V5}),
    ],
)
def test_what_is_kept_shows_the_first_violation_of_all(
    seed: int, made: Callable[[Random], list[Operation]], rules: set[Rule]
) -> None:
    rng, shown, sizes = Random(seed), set(), [0, 0]
    for _ in range(HISTORIES // 5):
        operations = made(rng)
        whole = judge_register(operations)
        kept = suspects(Columns(*history_of([operations]).columns(0))) if whole.violations else None
        if kept is None:
            continue
        few = [op for op, is_kept in zip(operations, kept, strict=True) if is_kept]
        assert judge_register(few).violations[0] == whole.violations[0], operations
        shown.add(whole.violations[0].rule)
        sizes = [sizes[0] + len(few), sizes[1] + len(operations)]
    assert shown == rules
    assert sizes[0] < 0.9 * sizes[1]


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many operations Python judged at a time."""
    sizes: list[int] = []

    def judge(operations: Sequence[Operation]) -> Finding:
        sizes.append(len(operations))
        return judge_register(operations)

    monkeypatch.setattr(history, "judge_register", judge)
    monkeypatch.setattr(history, "FEW", 0)
    return sizes


def stale(count: int) -> list[Operation]:
    """So many operations: writes one after the other, and a read of the first value at the end."""
    writes = [Operation(WRITE, at, 2 * at, 2 * at + 1, ok=True, record=at) for at in range(count - 1)]
    return [*writes, Operation(READ, 0, 2 * count, 2 * count + 1, ok=True, record=count - 1)]


def test_python_sees_of_a_long_register_what_its_violation_is_made_of(judged: list[int]) -> None:
    found = check_history(history_of([stale(100), stale(99)]))

    assert judged == [3, 99]
    assert found.illegal == {
        at: Violation(
            Rule.V2,
            blamed=(stale(count)[-1],),
            held=stale(count)[0],
            until=stale(count)[-1],
            since=stale(count)[1],
        )
        for at, count in [(0, 100), (1, 99)]
    }


def test_python_sees_all_of_a_register_whose_values_are_written_again_and_of_a_short_history(
    judged: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    again = [op._replace(value=7) if op.value == 8 else op for op in stale(110)]
    assert list(check_history(history_of([again])).illegal) == [0]
    monkeypatch.setattr(history, "FEW", 121)
    assert list(check_history(history_of([stale(120)])).illegal) == [0]
    assert judged == [110, 120]


def test_what_is_kept_by_mistake_condemns_nothing_and_the_whole_register_is_judged(
    judged: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("results.checker.narrowing.suspects", lambda ops: ops.kind == WRITE)
    twice = [(WRITE, 500, 500, NEVER, False), (WRITE, 500, 501, 502, True), (WRITE, 1, 504, 505, True)]
    nobody_knows = [*twice, (READ, 500, 506, 507, True)]  # which of the two was seen
    again = [*stale(118)[2:-1], *(Operation(*op, record) for record, op in enumerate(nobody_knows, 118))]

    found = check_history(history_of([stale(110), again]))

    assert judged == [109, 110, 118, 119]
    assert (list(found.illegal), found.unknown) == ([0], [1])


@pytest.mark.parametrize("rewrites", [False, True])
def test_a_history_of_long_registers_is_judged_as_python_judges_it(
    monkeypatch: pytest.MonkeyPatch, *, rewrites: bool
) -> None:
    rng = Random(61)
    registers = [random_history(rng, size=rng.randint(1, 14), span=40, rewrites=rewrites) for _ in range(2000)]
    in_python = check_history(history_of(registers))
    monkeypatch.setattr(history, "FEW", 0)
    monkeypatch.setattr(history, "LONG", 0)
    assert check_history(history_of(registers)) == in_python
    assert len(in_python.illegal) > 200
    assert bool(in_python.unknown) == rewrites
