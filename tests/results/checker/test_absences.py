"""Absences among many values and deletes, where the order that they are looked at in decides."""

from random import Random

import pytest

from results.checker.operation import ABSENT, Operation
from results.checker.rule import Rule
from tests.results.checker.test_sweep import delete, read, violations, write


def _begins(order: str, number: int, count: int, rng: Random) -> int:
    """When a delete begins, in one of these orders."""
    begins = {
        "first first": number - count,
        "last first": -number,
        "shuffled": rng.randint(-1000, 0),
        "as they come": rng.randint(-20, 10 * number + 3),
    }
    return begins[order]


def rounds(order: str, count: int) -> tuple[list[Operation], list[Operation]]:
    """Writes each of which was gone soon after, and deletes: one alone was not over before each of the absences."""
    rng = Random(count)
    seen, deletes = [], []
    for number in range(count):
        at = 10 * number
        seen += [write(count - number, at, at + 1), read(ABSENT, at + 3, at + 4)]
        deletes.append(delete(_begins(order, number, count, rng), at + 4))
    rng.shuffle(deletes)
    return seen, deletes


@pytest.mark.parametrize("count", [2, 3, 5, 8, 11, 14])
@pytest.mark.parametrize("order", ["first first", "last first", "shuffled", "as they come"])
def test_every_delete_explains_the_absence_that_only_it_can_and_each_is_needed(order: str, count: int) -> None:
    seen, deletes = rounds(order, count)

    assert violations([*seen, *deletes]) == []
    for one in deletes:
        others = [other for other in deletes if other is not one]
        sooner = one._replace(inv=min(one.inv, one.ret - 10), ret=one.ret - 10)  # too soon for what only it explains
        for left in (others, [*others, sooner], [sooner, *others]):
            (found,) = violations([*seen, *left])
            assert found.rule in (Rule.V4, Rule.V5)


def test_many_values_each_read_are_right_and_the_last_but_one_read_again_is_not() -> None:
    right = [op for at in range(0, 400, 10) for op in (write(400 - at, at, at + 1), read(400 - at, at + 2, at + 3))]

    assert violations([*right, delete(500, 501), read(ABSENT, 502, 503)]) == []
    assert len(violations([*right, read(20, 500, 501)])) == 1


def test_a_delete_that_cannot_have_acted_is_no_absence() -> None:
    one, seen, inside = write(1, 0, 1), read(1, 8, 9), delete(3, 4, ok=False)

    assert violations([one, seen, inside, delete(10, 11), read(ABSENT, 12, 13)]) == []


def test_values_are_looked_at_by_their_end_and_deletes_by_their_start() -> None:
    two, one, absent = write(2, 0, 1), write(1, 6, 7), read(ABSENT, 4, 5)

    assert violations([one, two, absent, delete(2, 3)]) == []
    assert violations([two, absent, delete(8, 9), delete(2, 3)]) == []
    assert violations([one, two, absent]) == [_missing(absent, two)]


def test_an_absence_that_was_there_at_first_hides_no_later_one() -> None:
    one, absent = write(1, 2, 3), read(ABSENT, 5, 6)

    assert violations([read(ABSENT, 0, 1), one, absent]) == [_missing(absent, one)]


def test_a_delete_that_begins_after_the_absence_explains_it_as_little_as_none() -> None:
    one, absent, gone = write(1, 0, 1), read(ABSENT, 3, 4), delete(5, 6)

    assert violations([one, absent, gone]) == [_missing(absent, one)]


def _missing(absent: Operation, held: Operation) -> object:
    return (Rule.V4, (absent,), held, held, None)
