"""Each rule by a history small enough to draw; W, D and R are (value, inv, ret)."""

from collections.abc import Iterator

import pytest

from results.checker import sweep
from results.checker.operation import ABSENT, DELETE, NEVER, READ, WRITE, Operation
from results.checker.rule import Rule
from results.checker.zones import Violation
from tests.results.checker.test_kernel import legal_by_kernel


def violations(operations: list[Operation]) -> list[Violation]:
    """What the sweep finds; the compiled kernel must call the same histories legal."""
    found = sweep.violations(operations)
    assert not operations or legal_by_kernel([operations]) == [not found]
    return found


def write(value: int, inv: int, ret: int, *, ok: bool = True) -> Operation:
    return Operation(WRITE, value, inv, ret, ok, -1)


def delete(inv: int, ret: int, *, ok: bool = True) -> Operation:
    return Operation(DELETE, ABSENT, inv, ret, ok, -1)


def read(value: int, inv: int, ret: int) -> Operation:
    return Operation(READ, value, inv, ret, ok=True, record=-1)


def test_a_read_of_a_value_nobody_wrote_is_told_before_anything_else() -> None:
    stray = read(9, 5, 6)

    assert violations([write(1, 0, 1), stray, read(ABSENT, 7, 8)]) == [Violation(Rule.UNWRITTEN, (stray,))]


def test_a_read_that_ended_before_its_write_began_is_early() -> None:
    late, early = write(1, 5, 6), read(1, 3, 4)

    assert violations([late, early]) == [Violation(Rule.EARLY, (early,), held=late)]
    assert violations([late, read(1, 3, 5)]) == []


def test_v1_two_forward_zones_overlap() -> None:
    one, two, again, stale = write(1, 0, 1), write(2, 2, 3), read(2, 6, 7), read(1, 4, 5)

    assert violations([one, two, again, stale]) == [
        Violation(Rule.V1, (stale,), held=one, until=stale, since=two),
    ]
    assert violations([one, two, again, read(1, 3, 5)]) == []


def test_v1_blames_the_value_whose_write_began_first_however_late_it_was_seen() -> None:
    slow, two, seen, stale, again = write(1, 0, 100), write(2, 2, 3), read(1, 10, 11), read(1, 20, 21), read(2, 15, 16)

    assert violations([slow, two, seen, stale, again]) == [
        Violation(Rule.V1, (seen, stale), held=seen, until=stale, since=two),
    ]


def test_v2_a_backward_zone_lies_inside_a_forward_zone() -> None:
    one, two, stale, staler = write(1, 0, 1), write(2, 2, 3), read(1, 4, 5), read(1, 6, 7)

    assert violations([staler, one, two, stale]) == [
        Violation(Rule.V2, (stale, staler), held=one, until=staler, since=two),
    ]
    assert violations([one, write(2, 1, 3), stale]) == []  # touching is no order
    assert violations([one, write(2, 2, 4), stale]) == []


def test_v3_an_acknowledged_delete_lies_inside_a_forward_zone() -> None:
    one, gone, stale = write(1, 0, 1), delete(2, 3), read(1, 4, 5)

    assert violations([one, gone, stale]) == [Violation(Rule.V3, (stale,), held=one, until=stale, since=gone)]
    assert violations([one, delete(1, 3), stale]) == []
    assert violations([one, delete(2, 4), stale]) == []
    assert violations([one, delete(2, 3, ok=False), stale]) == []


def test_v4_nothing_was_found_and_no_delete_reaches_so_far() -> None:
    gone, one, absent = delete(0, 1), write(1, 2, 3), read(ABSENT, 5, 6)

    assert violations([gone, one, absent]) == [Violation(Rule.V4, (absent,), held=one, until=one, since=gone)]
    assert violations([one, absent]) == [Violation(Rule.V4, (absent,), held=one, until=one)]
    assert violations([delete(0, 2), one, absent]) == []
    assert violations([one, read(ABSENT, 3, 6)]) == []  # the initial absence


def test_v4_a_delete_that_begins_as_the_absent_read_ends_may_have_caused_it() -> None:
    assert violations([write(1, 2, 3), read(ABSENT, 5, 6), delete(6, 7)]) == []
    assert len(violations([write(1, 2, 3), read(ABSENT, 5, 6), delete(7, 8)])) == 1


def test_v4_nothing_was_found_while_the_value_was_surely_held() -> None:
    one, absent, seen, gone = write(1, 0, 1), read(ABSENT, 3, 4), read(1, 6, 7), delete(2, 9)

    assert violations([one, absent, seen, gone]) == [Violation(Rule.V4, (absent,), held=one, until=seen, since=gone)]
    assert violations([one, absent, read(1, 4, 7), gone]) == []


def test_v5_one_delete_cannot_serve_two_absences_with_a_value_between() -> None:
    one, two = write(1, 0, 1), write(2, 6, 7)
    first, second, gone = read(ABSENT, 3, 4), read(ABSENT, 9, 10), delete(2, 12)

    assert violations([one, two, first, second, gone]) == [Violation(Rule.V5, (second,), held=two, until=two)]
    assert violations([one, two, first, second, gone, delete(8, 9, ok=False)]) == []
    assert violations([one, write(2, 4, 7), first, second, gone]) == []  # at 4, both of them lean on it


def test_v5_an_absence_that_is_explained_already_hides_no_later_one() -> None:
    one, two, gone = write(1, 0, 1), write(2, 6, 7), delete(2, 12)
    first, beside, second = read(ABSENT, 3, 4), read(ABSENT, 3, 5), read(ABSENT, 9, 10)

    assert violations([one, two, first, beside, second, gone]) == [
        Violation(Rule.V5, (second,), held=two, until=two),
    ]


def test_v5_takes_the_absence_that_ends_first_however_late_it_began() -> None:
    one, two, three, seen, gone = write(1, 0, 1), write(2, 6, 7), write(3, 7, 8), read(3, 11, 12), delete(9, 40)
    long, short = read(ABSENT, 3, 50), read(ABSENT, 8, 10)

    assert violations([one, two, three, seen, gone, long, short]) == [
        Violation(Rule.V5, (short,), held=two, until=two),
    ]
    assert violations([one, two, three, seen, delete(8, 40), long, short]) == []


def test_v5_a_delete_is_not_placed_inside_a_forward_zone() -> None:
    one, two, seen, absent = write(1, 0, 1), write(2, 2, 3), read(2, 8, 9), read(ABSENT, 1, 5)

    assert violations([one, two, seen, delete(1, 12), read(ABSENT, 2, 5), absent]) == []
    assert violations([one, two, seen, delete(4, 12), read(ABSENT, 2, 5), absent]) == [
        Violation(Rule.V5, (read(ABSENT, 2, 5),), held=one, until=one),
    ]


def test_v5_takes_the_delete_with_the_earliest_end_first() -> None:
    one, two = write(1, 0, 1), write(2, 6, 7)
    absences = [read(ABSENT, 3, 4), read(ABSENT, 9, 10)]

    assert violations([one, two, *absences, delete(0, 20), delete(0, 4)]) == []
    assert violations([one, two, *absences, delete(0, 4), delete(0, 4)])[0].rule is Rule.V4


def test_an_indeterminate_write_acts_once_at_any_time_or_never() -> None:
    late = write(1, 0, NEVER, ok=False)

    assert violations([late, write(2, 2, 3), read(2, 4, 5), read(1, 6, 7)]) == []
    assert violations([late, write(2, 2, 3), read(2, 4, 5)]) == []
    assert violations([late, read(1, 2, 3), read(ABSENT, 4, 5)])[0].rule is Rule.V4
    assert violations([late, read(1, 0, 1), write(2, 2, 3), read(1, 6, 7)])[0].rule is Rule.V2


def test_an_indeterminate_write_with_a_known_end_acts_by_then() -> None:
    assert violations([write(1, 0, 3, ok=False), read(ABSENT, 4, 5), read(1, 6, 7)])[0].rule is Rule.V4
    assert violations([write(1, 0, 3, ok=False), read(ABSENT, 3, 5), read(1, 6, 7)]) == []


@pytest.mark.parametrize("history", [[], [read(ABSENT, 0, 1)], [delete(0, 1)], [write(1, 0, 0), read(1, 0, 0)]])
def test_what_says_nothing_is_legal(history: list[Operation]) -> None:
    assert violations(history) == []


def test_v5_an_indeterminate_delete_inside_a_forward_zone_cannot_have_acted() -> None:
    one, two, seen, absent = write(1, 0, 1), write(2, 2, 3), read(2, 8, 9), read(ABSENT, 2, 9)

    assert violations([one, two, seen, absent, delete(4, 6, ok=False)]) == [
        Violation(Rule.V5, (absent,), held=one, until=one),
    ]
    assert violations([one, two, seen, absent, delete(3, 6, ok=False)]) == []


def test_only_reads_that_began_after_the_newer_value_are_blamed() -> None:
    one, two, stale = write(1, 0, 1), write(2, 2, 3), read(1, 6, 7)

    assert violations([one, two, read(1, 3, 5), stale]) == [
        Violation(Rule.V2, (stale,), held=one, until=stale, since=two),
    ]


def test_a_value_that_is_proven_for_one_moment_alone_lies_inside_a_forward_zone_or_beside_it() -> None:
    one, stale = write(1, 0, 0), read(1, 10, 11)

    assert violations([one, stale, write(2, 0, 0)]) == []
    assert violations([one, stale, two := write(2, 4, 4)]) == [
        Violation(Rule.V2, (stale,), held=one, until=stale, since=two),
    ]


def test_one_stale_read_that_contradicts_many_values_is_not_looked_for_in_all_operations_for_each() -> None:
    class Watched(list[Operation]):
        passes = 0

        def __iter__(self) -> Iterator[Operation]:
            self.passes += 1
            return super().__iter__()

    kinds = (WRITE, READ)
    life = Watched(Operation(kinds[at % 2], at // 2, 10 * at, 10 * at + 5, True, at) for at in range(400))
    life.append(Operation(READ, 0, 5000, 5005, True, 400))
    assert len(violations(life)) == 199
    assert life.passes < 10
