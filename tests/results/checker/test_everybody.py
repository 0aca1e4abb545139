"""A register with all of its people in it, operation by operation."""

from dataclasses import replace

import pytest

from results.checker.doubt import Doubt
from results.checker.everybody import _PERSON, everybody, token_of
from results.checker.fact import facts_of
from results.checker.operation import ABSENT, BEFORE_EVERYTHING, DELETE, NEVER, READ, WRITE, Operation
from results.checker.projection import Frame, Projection
from results.journal.record import NOBODY, Call, Outcome
from tests.results.checker.at_first_sight import CAROL
from tests.results.checker.journal import ANNE, BEGAN, BOB, RUN, Journal, token

FRAME = Frame(RUN, BEGAN, dead=False)
OLD, OLDER = token(3, RUN - 1), token(2, RUN - 1)

Short = tuple[int, int, float, float | None, bool, int]  # kind, value, seconds from and to, ok, record


def seen(journal: Journal, frame: Frame = FRAME, struck: frozenset[int] = frozenset()) -> Projection | None:
    return everybody(sorted(facts_of(journal.records().tolist()), key=lambda fact: fact.sent), frame, struck)


def operations(journal: Journal, frame: Frame = FRAME, struck: frozenset[int] = frozenset()) -> list[Short]:
    found = seen(journal, frame, struck)
    assert found is not None
    assert (found.person, found.doubt, found.otherwise) == (NOBODY, Doubt.REWRITTEN, None)
    return [_short(op) for op in found.operations]


def _short(op: Operation) -> Short:
    begin = (op.inv - BEGAN) / 1e9 if op.inv != BEFORE_EVERYTHING else -1.0
    return op.kind, op.value, begin, None if op.ret == NEVER else (op.ret - BEGAN) / 1e9, op.ok, op.record


def pair(person: int, value: int) -> int:
    return person * _PERSON + value


def two() -> Journal:
    """Token 1 of Anne, then token 2 of Bob."""
    return Journal().subscribe(1, 1, 2).subscribe(2, 3, 4, BOB)


TWO = [(WRITE, pair(ANNE, token(1)), 1, 2, True, 0), (WRITE, pair(BOB, token(2)), 3, 4, True, 1)]


def test_a_pair_tells_its_token_and_what_is_none_stays() -> None:
    assert [token_of(pair(BOB, token(2))), token_of(pair(0, 7)), token_of(0), token_of(ABSENT)] == [token(2), 7, 0, -1]


def test_one_person_has_seen_it_all() -> None:
    assert seen(Journal().subscribe(1, 1, 2).read_back(1, 3)) is None


def test_every_subscribe_writes_and_every_read_that_names_somebody_reads() -> None:
    journal = two().read_back(2, 5, BOB).push(1, 6, 7, ANNE).read_back(None, 8).push(None, 9, 10, BOB)

    assert operations(journal) == [
        *TWO,
        (READ, pair(BOB, token(2)), 5, 5.5, True, 2),
        (READ, pair(ANNE, token(1)), 6, 7, True, 3),
        (READ, ABSENT, 8, 8.5, True, 4),
    ]


def test_what_was_struck_out_refused_or_not_answered_as_a_read_is_not_there() -> None:
    journal = two().read_back(2, 5, BOB).subscribe(9, 6, 7, outcome=Outcome.FAIL)
    journal.add(Call.DELIVERY, 8, 9, token(2), BOB, outcome=Outcome.INFO).unsubscribe(10, 11, outcome=Outcome.FAIL)

    assert operations(journal, struck=frozenset({2})) == TWO


@pytest.mark.parametrize(
    ("rows", "expected"), [(1, [(True,)]), (-1, [(False,)]), (0, [])], ids=["removed one", "does not say", "found none"]
)
def test_an_unsubscribe_removes_what_it_says(rows: int, expected: list[tuple[bool]]) -> None:
    journal = two().unsubscribe(5, 6, rows=rows)

    assert operations(journal) == [*TWO, *((DELETE, ABSENT, 5, 6, ok, 2) for (ok,) in expected)]


def test_an_unsubscribe_without_an_answer_may_act_ever_after() -> None:
    journal = two().unsubscribe(5, 6, outcome=Outcome.INFO).subscribe(3, 7, 8, outcome=Outcome.INFO)

    assert operations(journal) == [
        *TWO,
        (DELETE, ABSENT, 5, None, False, 2),
        (WRITE, pair(ANNE, token(3)), 7, None, False, 3),
    ]


def test_who_had_not_begun_to_subscribe_had_nothing_to_remove() -> None:
    journal = two().unsubscribe(5, 6, CAROL).subscribe(3, 6, 7, CAROL).subscribe(4, 8, 9, CAROL)
    late = two().unsubscribe(5, 6, CAROL).subscribe(3, 6.1, 7, CAROL).subscribe(OLD & 15, 0.1, 0.2, ANNE, run=RUN - 1)

    assert (DELETE, ABSENT, 5, 6, False, 2) in operations(journal)
    assert [op[0] for op in operations(late)] == [WRITE] * 4


def test_a_token_of_an_earlier_run_written_in_this_one_was_not_there_before() -> None:
    journal = Journal().unsubscribe(0.1, 0.2).subscribe(3, 1, 2, run=RUN - 1).subscribe(2, 3, 4, BOB)

    assert [op[0] for op in operations(journal)] == [WRITE, WRITE]


def test_what_earlier_runs_left_was_written_before_or_never() -> None:
    journal = two().read_back(3, 0.1, CAROL, run=RUN - 1).read_back(2, 0.2, BOB, run=RUN - 1).unsubscribe(5, 6, CAROL)
    older, old = pair(BOB, OLDER), pair(CAROL, OLD)

    assert operations(journal) == [
        (READ, old, 0.1, 0.6, True, 0),
        (READ, older, 0.2, 0.7, True, 1),
        *((*op[:5], op[5] + 2) for op in TWO),
        (DELETE, ABSENT, 5, 6, False, 4),
        (WRITE, older, -1, 0, False, -1),
        (WRITE, old, -1, 0, False, -2),
    ]


def test_a_token_that_names_nobody_is_its_only_writers_and_otherwise_no_read() -> None:
    alone = two().read_back(2, 5)
    of_both = two().subscribe(2, 5, 6).read_back(2, 7)

    assert operations(alone) == [*TWO, (READ, pair(BOB, token(2)), 5, 5.5, True, 2)]
    assert operations(of_both) == [*TWO, (WRITE, pair(ANNE, token(2)), 5, 6, True, 2)]


def test_a_token_of_an_earlier_run_that_names_nobody_is_somebodys_whom_nobody_knows() -> None:
    anybodys = two().read_back(3, 0.1, run=RUN - 1)
    named = two().read_back(3, 0.1, run=RUN - 1).read_back(3, 0.2, CAROL, run=RUN - 1)
    written = two().read_back(3, 0.1, run=RUN - 1).subscribe(3, 5, 6, run=RUN - 1).read_back(2, 0.2, run=RUN - 1)

    old = pair(NOBODY, OLD)
    assert operations(anybodys) == [
        (READ, old, 0.1, 0.6, True, 0),
        *((*op[:5], op[5] + 1) for op in TWO),
        (WRITE, old, -1, 0, False, -1),
    ]
    assert [op[:2] for op in operations(named) if op[0] == READ] == [(READ, pair(CAROL, OLD))]
    assert [op for op in operations(written) if op[0] == READ] == []


def test_one_person_and_a_row_of_an_earlier_run_that_names_nobody_are_two() -> None:
    one = Journal().read_back(3, 0.1, run=RUN - 1).unsubscribe(1, 2, rows=1)

    assert [op[0] for op in operations(one)] == [READ, DELETE, WRITE]
    assert seen(Journal().read_back(3, 0.1, run=RUN - 1).subscribe(3, 1, 2, run=RUN - 1)) is None


@pytest.mark.parametrize(
    ("frame", "unsure"),
    [
        (FRAME, set[int]()),
        (replace(FRAME, dead=True), {4, 6}),
        (replace(FRAME, later=True), {4, 6}),
        (replace(FRAME, pending=True), {0, 4, 6}),
        (replace(FRAME, unclosed={ANNE: BEGAN + 7_400_000_000, BOB: BEGAN + 20_000_000_000}), {6}),
        (replace(FRAME, unclosed={ANNE: BEGAN + 7_500_000_000}), set[int]()),
    ],
    ids=["all is known", "dead", "later", "pending", "not closed", "closed just in time"],
)
def test_reads_that_say_nothing_for_certain(frame: Frame, unsure: set[int]) -> None:
    journal = two().read_back(3, 0.1, CAROL, run=RUN - 1).read_back(2, 5, BOB).read_back(9, 6, BOB)
    found = seen(journal.unsubscribe(6.5, 6.6).read_back(None, 7).read_back(1, 8, ANNE), frame)

    assert found is not None
    assert (set(found.unsure), found.clock_bound) == (unsure, 0)
