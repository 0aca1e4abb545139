"""Whether an absence, from 10 to 12, may stand for a token that was removed."""

import pytest

from results.checker.fact import facts_of
from results.checker.operation import ABSENT, NEVER, Operation
from results.checker.projection import Frame, projections
from results.checker.prunes import _Search, _Tokens
from results.journal.record import Call, Outcome
from tests.results.checker.journal import ANNE, BEGAN, BOB, RUN, Journal, token
from tests.results.checker.test_sweep import read, write

ABSENCE = read(ABSENT, 10, 12)

MAY = {
    "never read again": [write(1, 0, 1), read(1, 2, 3)],
    "read again at the same time": [write(1, 0, 1), read(1, 12, 13)],
    "written as the absence began": [write(1, 9, 10), read(1, 13, 14)],
    "written as it was read again": [write(1, 0, 1), write(1, 14, 20), read(1, 13, 14)],
    "written twice, either of which may act late": [
        *(write(1, 0, NEVER, ok=False), write(1, 1, NEVER, ok=False)),
        *(read(1, 5, 6), read(1, 13, 14)),
    ],
    "seen only as the absence began": [write(1, 0, NEVER, ok=False), read(1, 5, 10), read(1, 13, 14)],
    "written again since it was seen": [
        *(write(1, 0, 1), write(1, 7, NEVER, ok=False)),
        *(read(1, 2, 3), read(1, 13, 14)),
    ],
}
MAY_NOT = {
    "read again": [write(1, 0, 1), read(1, 13, 14)],
    "written before the absence": [write(1, 8, 9), read(1, 13, 14)],
    "written after it was read again": [write(1, 0, 1), write(1, 15, 20), read(1, 13, 14)],
    "written after it was read again first": [write(1, 0, 1), write(1, 22, 25), read(1, 13, 30), read(1, 20, 21)],
    "its one late write was seen before": [write(1, 0, NEVER, ok=False), read(1, 5, 6), read(1, 13, 14)],
    "its one late write began as it was seen": [write(1, 6, NEVER, ok=False), read(1, 5, 6), read(1, 13, 14)],
}


@pytest.mark.parametrize("name", MAY)
def test_an_absence_may_stand_for_a_dead_token_that_is_not_seen_again_or_was_written_again(name: str) -> None:
    assert _Tokens(MAY[name]).removable(ABSENCE, {1}) == [1]


@pytest.mark.parametrize("name", MAY_NOT)
def test_an_absence_stands_for_no_token_that_comes_back_by_itself(name: str) -> None:
    assert _Tokens(MAY_NOT[name]).removable(ABSENCE, {1}) == []


def test_the_token_begun_last_is_the_likeliest_and_one_that_lives_is_none() -> None:
    written: list[Operation] = [write(1, 0, 1), write(2, 5, 6), write(3, 3, 4), write(4, 8, 9), write(1, 7, 8)]

    assert _Tokens(written).removable(ABSENCE, {1, 2, 3}) == [2, 3, 1]


def choices(journal: Journal, clock_bound: int = 0) -> dict[int, list[int]] | None:
    """What Anne's absences may stand for."""
    facts = sorted(facts_of(journal.records().tolist()), key=lambda fact: fact.sent)
    frame = Frame(RUN, BEGAN, dead=False, clock_bound=clock_bound)
    (mine,) = (seen for seen in projections(facts, frame, set()) if seen.person == ANNE)
    search = _Search.of(mine, facts)
    return None if search is None else search.choices


def test_absences_of_ones_own_may_stand_for_a_token_once_it_was_called_dead() -> None:
    journal = Journal().read_back(3, 0.1, ANNE, run=RUN - 1).subscribe(1, 1, 2).push(None, 2.1, 2.9)
    journal.push(1, 3, 4, status=410).push(1, 3.1, 3.2, status=410).subscribe(2, 4.1, 4.2, BOB).read_back(2, 4.3, BOB)
    journal.unsubscribe(5, 6, rows=0).unsubscribe(7, 8).read_back(None, 9)

    assert choices(journal) == {7: [token(1)], 9: [token(1)]}


def test_a_word_that_is_not_known_to_have_reached_anybody_excuses_nothing() -> None:
    journal = Journal().subscribe(1, 1, 2).add(Call.DELIVERY, 3, 4, token(1), outcome=Outcome.INFO, status=410)

    assert choices(journal.read_back(None, 9)) is None


def test_a_word_may_have_come_by_twice_the_clocks_error_sooner() -> None:
    journal = Journal().subscribe(1, 1, 2).push(1, 3, 4, status=410).push(None, 3, 3.9)

    assert choices(journal, 50_000_000) == {2: [token(1)]}
    assert choices(journal, 49_999_999) is None
