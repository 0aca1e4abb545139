import pytest

from results.checker.operation import ABSENT, DELETE, NEVER, READ, WRITE, Operation
from results.checker.register import Finding, Legality, judge_register
from results.checker.rule import Rule
from results.checker.zones import Violation


def history(*rows: tuple[int, int, int, int] | tuple[int, int, int, int, bool]) -> list[Operation]:
    return [
        Operation(row[0], row[1], row[2], row[3], row[4] if len(row) == 5 else True, at) for at, row in enumerate(rows)
    ]


def legality(*rows: tuple[int, int, int, int] | tuple[int, int, int, int, bool]) -> Legality:
    return judge_register(history(*rows)).legality


def test_an_acknowledged_re_registration_counts_as_a_read() -> None:
    again = (WRITE, 1, 6, 7)

    assert legality((WRITE, 1, 0, 1), again, (WRITE, 2, 10, 11), (READ, 2, 12, 13)) is Legality.LEGAL
    assert legality((WRITE, 1, 0, 1), again, (READ, ABSENT, 8, 9)) is Legality.ILLEGAL
    assert legality((WRITE, 1, 0, 1), (READ, ABSENT, 3, 4), again, (DELETE, ABSENT, 2, 9)) is Legality.LEGAL


def test_violations_are_told_in_the_operations_given() -> None:
    operations = history((WRITE, 1, 0, 1), (WRITE, 1, 2, 3), (WRITE, 2, 4, 5), (READ, 1, 6, 7))
    one, _, two, stale = operations

    assert judge_register(operations) == Finding(
        Legality.ILLEGAL, [Violation(Rule.V2, (stale,), held=one, until=stale, since=two)]
    )


def test_a_token_registered_again_after_an_unsubscribe_is_legal_and_still_exact() -> None:
    before = ((WRITE, 1, 0, 1), (READ, 1, 2, 3), (DELETE, ABSENT, 4, 5))
    after = ((WRITE, 1, 8, 9), (READ, 1, 10, 11))

    assert legality(*before, (READ, ABSENT, 6, 7), *after) is Legality.LEGAL
    assert legality(*before, (READ, 1, 6, 7), *after) is Legality.ILLEGAL
    assert legality(*before, *after, (READ, ABSENT, 12, 13)) is Legality.ILLEGAL


def test_a_timed_out_re_registration_may_act_after_its_successor() -> None:
    rows = ((WRITE, 1, 0, 1), (WRITE, 1, 2, NEVER, False), (WRITE, 2, 4, 5))

    assert legality(*rows, (READ, 1, 6, 7)) is Legality.LEGAL
    assert legality(*rows, (READ, 1, 6, 7), (READ, 2, 8, 9)) is Legality.ILLEGAL
    assert legality(*rows, (READ, 2, 6, 7), (READ, 1, 8, 9)) is Legality.LEGAL


def test_where_it_matters_which_of_two_writes_was_seen_the_answer_is_open() -> None:
    rows = ((WRITE, 1, 0, NEVER, False), (WRITE, 1, 1, 2), (WRITE, 2, 4, 5), (READ, 1, 6, 7))

    assert legality(*rows) is Legality.OPEN
    assert legality(*rows[1:]) is Legality.ILLEGAL


def test_a_timed_out_first_attempt_opens_the_stretch_if_it_was_seen_before_its_retry() -> None:
    first, retry = (WRITE, 1, 0, NEVER, False), (WRITE, 1, 4, 5)

    assert legality(first, (READ, 1, 2, 3), retry, (READ, 1, 6, 7)) is Legality.LEGAL
    assert legality(first, (READ, ABSENT, 2, 3), retry, (READ, 1, 6, 7)) is Legality.LEGAL
    assert legality(first, (READ, 1, 1, 2), (READ, ABSENT, 3, 3), retry) is Legality.ILLEGAL


def test_a_slow_post_may_land_after_what_overlapped_it() -> None:
    slow, quick = (WRITE, 1, 0, 100), (WRITE, 1, 1, 2)

    assert legality(slow, quick, (WRITE, 2, 3, 4), (READ, 1, 5, 6)) is not Legality.ILLEGAL


def test_reads_that_are_unsure_condemn_nobody() -> None:
    operations = history((WRITE, 1, 0, 1), (READ, ABSENT, 2, 3), (READ, 1, 4, 5))

    assert judge_register(operations).legality is Legality.ILLEGAL
    assert judge_register(operations, {1}).legality is Legality.OPEN
    assert judge_register(operations[::2], {2}).legality is Legality.LEGAL


def test_a_read_that_is_unsure_excuses_no_other() -> None:
    operations = history((WRITE, 1, 0, 1), (WRITE, 2, 2, 3), (READ, 1, 4, 5), (READ, ABSENT, 6, 7))

    assert judge_register(operations, {3}).legality is Legality.ILLEGAL
    assert judge_register(operations, {2, 3}).legality is Legality.OPEN


def test_a_read_between_two_writes_of_a_token_does_not_part_them() -> None:
    rows = ((WRITE, 1, 0, 1), (READ, 1, 2, 3), (WRITE, 1, 4, 5), (DELETE, ABSENT, 6, 20))

    assert legality(*rows, (READ, ABSENT, 8, 9), (READ, 1, 10, 11)) is Legality.ILLEGAL
    assert legality(*rows, (READ, 1, 8, 9), (READ, ABSENT, 10, 11)) is Legality.LEGAL


def test_a_read_that_touches_the_delete_between_two_writes_may_have_seen_either() -> None:
    rows = ((WRITE, 1, 0, 1), (DELETE, ABSENT, 2, 3), (WRITE, 1, 4, 9), (READ, ABSENT, 5, 6))

    assert legality(*rows, (READ, 1, 3, 4)) is Legality.OPEN


def test_a_timed_out_delete_separates_nothing() -> None:
    rows = ((WRITE, 1, 0, 1), (DELETE, ABSENT, 2, 3, False), (READ, 1, 5, 12), (WRITE, 1, 10, 30))

    assert legality(*rows, (DELETE, ABSENT, 6, 9), (READ, ABSENT, 13, 14)) is Legality.OPEN


def test_a_write_that_began_after_a_read_explains_nothing_of_it() -> None:
    rows = ((WRITE, 1, 0, 3, False), (READ, ABSENT, 4, 4), (READ, 1, 4, 5), (WRITE, 1, 8, NEVER, False))

    assert legality(*rows) is Legality.ILLEGAL


OVER = {
    "a read of absence": ((DELETE, ABSENT, 3, NEVER, False), (WRITE, 1, 4, 5), (READ, ABSENT, 6, 6)),
    "a write of another value": ((WRITE, 2, 7, 8),),
    "a write of the same value": ((WRITE, 2, 6, 9, False), (WRITE, 1, 7, 8), (READ, 2, 13, 13)),
    "the first of two to end": ((DELETE, ABSENT, 5, 14), (WRITE, 1, 6, 7), (DELETE, ABSENT, 8, 9)),
    "one after the last but one of three": (
        *((DELETE, ABSENT, 1, NEVER, False), (WRITE, 1, 2, 2), (WRITE, 1, 5, 6), (DELETE, ABSENT, 8, 9)),
    ),
}


@pytest.mark.parametrize("name", OVER)
def test_a_value_is_over_once_something_else_was_surely_there_after_it(name: str) -> None:
    assert legality((WRITE, 1, 1, 4), *OVER[name], (READ, 1, 12, 18)) is Legality.ILLEGAL


# 1 may have been there until 2 was written, at 6 or later, which is read twice; the read of 1 began before that.
_UNTIL_THEN = (
    *((WRITE, 2, 6, NEVER, False), (READ, 2, 7, 7), (READ, 1, 6, 8), (READ, 2, 9, 10)),
    *((WRITE, 1, 8, 20),),
)


@pytest.mark.parametrize(
    "between",
    [(READ, 1, 4, 5), (DELETE, ABSENT, 3, 4, False), (WRITE, 1, 0, 3)],
    ids=["a read of it", "a delete that may never act", "a write of it before its end"],
)
def test_what_does_not_show_that_a_value_was_over_accuses_no_read_of_it(between: tuple[int, int, int, int]) -> None:
    assert legality((WRITE, 1, 0, 1), between, *_UNTIL_THEN) is not Legality.ILLEGAL


def test_what_began_as_the_value_ended_does_not_show_that_it_was_over() -> None:
    rows = ((WRITE, 3, 5, 5), (WRITE, 1, 8, 8), (READ, 3, 8, 10), (WRITE, 3, 10, 14), (READ, 1, 13, 15))

    assert legality(*rows) is Legality.OPEN


def test_a_write_that_began_as_a_read_ended_may_have_been_what_it_saw() -> None:
    first, read = (WRITE, 1, 0, 2, False), ((READ, ABSENT, 3, 3), (READ, 1, 4, 5))

    assert legality(first, *read, (WRITE, 1, 5, NEVER, False)) is Legality.OPEN
    assert legality(first, *read, (WRITE, 1, 6, NEVER, False)) is Legality.ILLEGAL


def test_a_read_that_ended_before_every_write_of_its_value_is_early_and_not_unsure() -> None:
    operations = history((WRITE, 1, 4, 5), (DELETE, ABSENT, 6, 7), (WRITE, 1, 8, 9), (READ, 1, 1, 2))

    assert judge_register(operations) == Finding(
        Legality.ILLEGAL, [Violation(Rule.EARLY, (operations[3],), held=operations[0])]
    )
