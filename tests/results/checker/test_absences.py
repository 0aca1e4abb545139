"""Absences among many values and deletes, where the order that they are looked at in decides."""

from random import Random

import pytest

from results.checker.operation import ABSENT, Operation
from results.checker.rule import Rule
from tests.results.checker.test_sweep import delete, read, violations, write


def rounds(count: int, rng: Random) -> tuple[list[Operation], list[Operation]]:
    """Writes each of which was gone soon after, and deletes: one alone was not over before each of the absences."""
    seen, deletes = [], []
    for at in range(0, 10 * count, 10):
        seen += [write(count + 1 - at // 10, at, at + 1), read(ABSENT, at + 3, at + 4)]
        deletes.append(delete(rng.randint(-20, at + 3), at + 4))
    rng.shuffle(deletes)
    return seen, deletes


@pytest.mark.parametrize("count", [2, 3, 5, 8, 13])
@pytest.mark.parametrize("seed", range(3))
def test_every_delete_explains_the_absence_that_only_it_can_and_each_is_needed(count: int, seed: int) -> None:
    seen, deletes = rounds(count, Random(seed))

    assert violations([*seen, *deletes]) == []
    for missing in deletes:
        (found,) = violations([*seen, *(one for one in deletes if one is not missing)])
        assert found.rule in (Rule.V4, Rule.V5)


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
