"""A register as each of its people sees it, operation by operation."""

from dataclasses import replace

import pytest

from results.checker.doubt import Doubt
from results.checker.fact import facts_of
from results.checker.operation import ABSENT, BEFORE_EVERYTHING, DELETE, NEVER, READ, WRITE, Operation
from results.checker.projection import Frame, Projection, is_old, projections
from results.journal.record import NOBODY, Call, Outcome
from tests.results.checker.at_first_sight import CAROL
from tests.results.checker.journal import ANNE, BEGAN, BOB, RUN, Journal, token

FRAME = Frame(RUN, BEGAN, dead=False)
OLD, OLDER = token(3, RUN - 1), token(2, RUN - 1)
INFO, FAIL = Outcome.INFO, Outcome.FAIL

Short = tuple[int, int, float, float | None, bool, int]  # kind, value, seconds from and to, ok, record


def seen_by(journal: Journal, frame: Frame = FRAME, struck: frozenset[int] = frozenset()) -> list[Projection]:
    return projections(sorted(facts_of(journal.records().tolist()), key=lambda fact: fact.sent), frame, struck)


def views(journal: Journal, struck: frozenset[int] = frozenset()) -> dict[int, list[Short]]:
    return {one.person: list(map(_short, one.operations)) for one in seen_by(journal, struck=struck)}


def unsure(journal: Journal, frame: Frame = FRAME) -> dict[int, tuple[set[int], Doubt | None]]:
    return {one.person: (set(one.unsure), one.doubt) for one in seen_by(journal, frame)}


def _short(op: Operation) -> Short:
    begin = (op.inv - BEGAN) / 1e9 if op.inv != BEFORE_EVERYTHING else -1.0
    return op.kind, op.value, begin, None if op.ret == NEVER else (op.ret - BEGAN) / 1e9, op.ok, op.record


def two() -> Journal:
    """Token 1 of Anne, then token 2 of Bob."""
    return Journal().subscribe(1, 1, 2).subscribe(2, 3, 4, BOB)


ANNES = [(WRITE, token(1), 1, 2, True, 0), (DELETE, ABSENT, 3, 4, True, 1)]
BOBS = [(DELETE, ABSENT, 1, 2, True, 0), (WRITE, token(2), 3, 4, True, 1)]


def test_a_takeover_is_a_delete_and_only_ones_own_unsubscribe_and_absence_count() -> None:
    journal = two().unsubscribe(5, 6, BOB, rows=1).push(None, 7, 8, ANNE).read_back(None, 9)

    assert views(journal) == {
        ANNE: [*ANNES, (READ, ABSENT, 7, 8, True, 3), (READ, ABSENT, 9, 9.5, True, 4)],
        BOB: [*BOBS, (DELETE, ABSENT, 5, 6, True, 2), (READ, ABSENT, 9, 9.5, True, 4)],
    }
    assert unsure(journal) == {ANNE: (set(), None), BOB: (set(), None)}


def test_what_another_was_seen_with_is_an_absence() -> None:
    journal = two().read_back(2, 5, BOB).push(1, 6, 7, ANNE)

    assert views(journal) == {
        ANNE: [*ANNES, (READ, ABSENT, 5, 5.5, True, 2), (READ, token(1), 6, 7, True, 3)],
        BOB: [*BOBS, (READ, token(2), 5, 5.5, True, 2), (READ, ABSENT, 6, 7, True, 3)],
    }


def test_who_was_refused_or_only_looked_at_had_nothing_and_what_was_struck_out_is_not_there() -> None:
    journal = Journal().subscribe(1, 1, 2).subscribe(3, 3, 4, CAROL, outcome=FAIL).unsubscribe(5, 6, BOB, outcome=FAIL)
    journal.push(None, 7, 8, BOB).read_back(1, 9, ANNE).add(Call.DELIVERY, 10, 11, token(1), ANNE, outcome=INFO)
    journal.add(Call.DELIVERY, 12, 13, OLD, CAROL, outcome=INFO)

    assert views(journal, frozenset({4})) == {ANNE: ANNES[:1]}


def test_an_unsubscribe_that_found_none_is_a_read_and_one_without_an_answer_may_act_ever_after() -> None:
    journal = Journal().unsubscribe(1, 2, rows=0).unsubscribe(3, 4).unsubscribe(5, 6, BOB, outcome=INFO)

    assert views(journal) == {
        ANNE: [(READ, ABSENT, 1, 2, True, 0), (DELETE, ABSENT, 3, 4, True, 1)],
        BOB: [(DELETE, ABSENT, 5, None, False, 2)],
    }


def test_a_subscribe_without_an_answer_makes_its_person_one_of_them() -> None:
    assert views(Journal().subscribe(1, 1, 2, outcome=INFO).subscribe(2, 3, 4, BOB, outcome=INFO)) == {
        ANNE: [(WRITE, token(1), 1, None, False, 0), (DELETE, ABSENT, 3, None, False, 1)],
        BOB: [(DELETE, ABSENT, 1, None, False, 0), (WRITE, token(2), 3, None, False, 1)],
    }


def test_what_nobody_acted_on_is_nobodys() -> None:
    assert views(Journal().read_back(None, 5)) == {NOBODY: [(READ, ABSENT, 5, 5.5, True, 0)]}


def test_what_earlier_runs_left_was_written_before_or_never_and_who_is_named_is_one_of_them() -> None:
    journal = Journal().read_back(3, 0.1, CAROL, run=RUN - 1).subscribe(1, 1, 2).read_back(2, 5, CAROL, run=RUN - 1)

    assert views(journal) == {
        ANNE: [
            (READ, ABSENT, 0.1, 0.6, True, 0),
            (WRITE, token(1), 1, 2, True, 1),
            (READ, ABSENT, 5, 5.5, True, 2),
        ],
        CAROL: [
            (READ, OLD, 0.1, 0.6, True, 0),
            (DELETE, ABSENT, 1, 2, True, 1),
            (READ, OLDER, 5, 5.5, True, 2),
            (WRITE, OLDER, -1, 0, False, -1),
            (WRITE, OLD, -1, 0, False, -2),
        ],
    }


def test_a_token_of_an_earlier_run_that_was_only_written_was_not_there_before() -> None:
    assert views(Journal().subscribe(3, 1, 2, run=RUN - 1)) == {ANNE: [(WRITE, OLD, 1, 2, True, 0)]}


def test_a_token_of_an_unknown_person_is_the_last_writers_before_it_was_read() -> None:
    journal = Journal().subscribe(1, 1, 2).subscribe(1, 3, 4, BOB).subscribe(1, 7, 8, CAROL).read_back(1, 6.5)
    only = Journal().subscribe(1, 1, 2).subscribe(2, 3, 4, BOB).read_back(1, 6.5)

    reads = {person: [op[1] for op in seen if op[0] == READ] for person, seen in views(journal).items()}
    assert reads == {ANNE: [ABSENT], BOB: [ABSENT], CAROL: [token(1)]}  # that of Carol began as the read ended
    assert unsure(journal) == {person: ({2}, None) for person in (ANNE, BOB, CAROL)}
    assert unsure(only) == {ANNE: (set(), None), BOB: (set(), None)}


def test_a_token_of_an_unknown_person_is_any_writers_whose_subscribe_may_have_acted() -> None:
    refused = two().subscribe(2, 4.5, 4.6, outcome=FAIL).read_back(2, 5)
    unanswered = two().subscribe(2, 4.5, 4.6, outcome=INFO).read_back(2, 5)

    assert unsure(refused) == {ANNE: (set(), None), BOB: (set(), None)}
    assert unsure(unanswered) == {ANNE: ({3}, None), BOB: ({3}, None)}
    assert unsure(two().read_back(9, 5)) == {ANNE: ({2}, None), BOB: ({2}, None)}  # nobody's, as far as is known


def test_a_token_is_old_if_an_earlier_run_wrote_it() -> None:
    assert [is_old(value, RUN) for value in (ABSENT, 0, token(1, 0), OLD, token(1), token(1, RUN + 1))] == [
        *(False, True, True, True, False, False),
    ]


def test_a_token_read_before_anybody_wrote_it_is_its_first_writers() -> None:
    journal = Journal().read_back(1, 0.1).subscribe(1, 1, 2).subscribe(1, 3, 4, BOB)
    old = Journal().read_back(3, 0.1, run=RUN - 1).subscribe(3, 1, 2, run=RUN - 1).subscribe(2, 3, 4, BOB)

    assert [op[1] for seen in views(journal).values() for op in seen if op[0] == READ] == [token(1), ABSENT]
    assert unsure(journal) == {ANNE: (set(), None), BOB: (set(), None)}
    assert [op[1] for seen in views(old).values() for op in seen if op[0] == READ] == [ABSENT, ABSENT]
    assert unsure(old) == {ANNE: ({0}, None), BOB: ({0}, None)}


def test_what_names_nobody_is_ones_own_where_there_is_nobody_else_unless_an_earlier_run_left_it() -> None:
    mine = Journal().read_back(3, 0.1, run=RUN - 1).subscribe(1, 1, 2)
    (seen,) = seen_by(mine)

    assert [_short(op) for op in seen.operations] == [
        (READ, OLD, 0.1, 0.6, True, 0),
        (WRITE, token(1), 1, 2, True, 1),
        (WRITE, OLD, -1, 0, False, -1),
    ]
    assert seen.otherwise is not None
    assert (list(map(_short, seen.otherwise.operations)), seen.otherwise.unsure) == (
        [(READ, ABSENT, 0.1, 0.6, True, 0), (WRITE, token(1), 1, 2, True, 1)],
        frozenset(),
    )


@pytest.mark.parametrize(
    "journal",
    [
        Journal().subscribe(1, 1, 2).read_back(1, 5),
        Journal().subscribe(1, 1, 2).read_back(9, 5),
        Journal().subscribe(1, 1, 2).read_back(3, 0.1, ANNE, run=RUN - 1),
        Journal().subscribe(1, 1, 2).subscribe(3, 1, 2, NOBODY, run=RUN - 1, outcome=FAIL),
        Journal().subscribe(1, 1, 2).add(Call.READBACK, 0.1, 0.2, OLD, NOBODY, outcome=INFO),
        Journal().subscribe(3, 0.6, 2, run=RUN - 1).read_back(3, 0.1, run=RUN - 1),
        Journal().read_back(3, 0.1, run=RUN - 1).subscribe(1, 1, 2).subscribe(2, 3, 4, BOB),
    ],
    ids=[
        "of this run",
        "nobody wrote it",
        "it names her",
        "a refused subscribe",
        "no answer",
        "written as it was read",
        "two people",
    ],
)
def test_otherwise_there_is_one_way_to_see_it(journal: Journal) -> None:
    assert [one.otherwise for one in seen_by(journal)] == [None] * len(seen_by(journal))


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (FRAME, (set(), None)),
        (replace(FRAME, dead=True), ({4, 5}, None)),
        (replace(FRAME, later=True), ({4, 5}, None)),
        (replace(FRAME, pending=True), ({0, 4, 5}, None)),
        (replace(FRAME, unclosed={ANNE: BEGAN + 7_400_000_000}), ({5}, Doubt.UNCLOSED)),
        (replace(FRAME, unclosed={ANNE: BEGAN + 7_500_000_000}), (set(), None)),
        (replace(FRAME, unclosed={BOB: BEGAN}), (set(), None)),
    ],
    ids=["all is known", "dead", "later", "pending", "not closed", "closed just in time", "another's not closed"],
)
def test_reads_that_say_nothing_for_certain(frame: Frame, expected: tuple[set[int], Doubt | None]) -> None:
    journal = Journal().read_back(3, 0.1, ANNE, run=RUN - 1).subscribe(1, 1, 2).read_back(1, 3, ANNE)
    journal.unsubscribe(4, 5).read_back(9, 6, ANNE).read_back(None, 7)

    assert unsure(journal, frame) == {ANNE: expected}
