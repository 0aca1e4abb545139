"""Registers that change hands, held against a search of every order that shares nothing with the judge."""

from random import Random

import pytest

from results.checker.case import judge_case
from results.checker.doubt import Doubt
from results.checker.projection import Frame
from results.journal.record import NOBODY, Outcome
from tests.results.checker.journal import ANNE, BEGAN, BOB, RUN, Journal, shown, texts, unknown_for
from tests.results.checker.owners import CAROL, Mix, Removed, explained_by_some_order, random_facts

MIXES = {
    "two people": Mix(),
    "many dead tokens": Mix(dead=0.6),
    "three people, the same token over and over": Mix(people=(ANNE, BOB, CAROL), rotates=0.3, named=1.0),
    "rows that name nobody": Mix(dead=0.2, named=0.1, old=0.5),
    "one person": Mix(people=(ANNE,), dead=0.4, rotates=0.9),
    "one person, rows that name nobody": Mix(people=(ANNE,), named=0.1, old=0.6),
    "hardly anything is answered": Mix(dead=0.3, unanswered=0.6),
    "long calls": Mix(span=40),
}


@pytest.mark.parametrize("name", MIXES)
def test_nobody_is_accused_of_what_some_order_explains_and_hardly_anything_else_passes(name: str) -> None:
    rng, mix = Random(name), MIXES[name]
    illegal = missed = of_others = 0
    for _ in range(1000):
        facts = random_facts(rng, rng.randint(2, 8), mix)
        case = judge_case(facts, Frame(RUN, BEGAN, dead=False))
        if explained_by_some_order(facts):
            assert not case.violated, facts
            continue
        illegal += 1
        passed = not case.violated and not case.doubts - {Doubt.NEVER_READ}
        excused = passed and explained_by_some_order(facts, Removed.ANYBODYS)
        of_others += excused  # nobody is accused of removing what is not theirs, see `removals`
        missed += passed and not excused
    assert illegal > 90
    assert missed <= illegal * 0.03
    assert of_others <= illegal * 0.12


def test_a_device_that_two_people_took_at_once_and_that_is_gone_is_missed_though_each_may_have_lost_it() -> None:
    journal = Journal().subscribe(7, 0.1, 1.0, ANNE).subscribe(8, 0.2, 1.1, BOB).read_back(None, 12.0)

    assert shown(journal.judged()) == {"missing_device": 1}
    (text,) = texts(journal.judged())
    assert text == (
        "MISSING DEVICE ios/dev-0042. Token g8 was acknowledged at 01.100 s. The read-back at 12.000 s found nothing. "
        "No unsubscribe had begun by then."
    )


@pytest.mark.parametrize(("rows", "anomalies"), [(1, {}), (-1, {}), (0, {"missing_device": 1})])
def test_either_of_two_people_who_took_a_device_at_once_may_have_given_it_up(
    rows: int, anomalies: dict[str, int]
) -> None:
    journal = Journal().subscribe(7, 0.1, 1.0, ANNE).subscribe(8, 0.2, 1.1, BOB).unsubscribe(2.0, 2.1, BOB, rows=rows)

    assert shown(journal.read_back(None, 12.0).judged()) == anomalies


def test_the_unsubscribe_of_somebody_who_never_had_the_device_explains_nothing() -> None:
    journal = Journal().subscribe(7, 0.1, 1.0, ANNE).subscribe(8, 0.2, 1.1, BOB).unsubscribe(2.0, 2.1, CAROL)

    assert shown(journal.read_back(None, 12.0).judged()) == {"missing_device": 1}


def test_what_an_earlier_run_left_to_somebody_may_be_removed_by_them() -> None:
    journal = Journal().read_back(3, 0.1, CAROL, run=RUN - 1).subscribe(7, 1.0, 1.1, ANNE, outcome=Outcome.INFO)

    assert journal.unsubscribe(2.0, 2.1, CAROL).read_back(None, 12.0).judged().verdict == "pass"


def test_a_dead_token_of_either_of_two_people_may_be_gone() -> None:
    journal = Journal().subscribe(7, 0.1, 1.0, ANNE).subscribe(7, 0.2, 1.1, BOB)
    journal.push(7, 2.0, 2.1, BOB, status=410)

    assert journal.read_back(None, 12.0).judged().verdict == "pass"


def test_a_row_of_an_earlier_run_that_names_nobody_may_be_somebody_elses() -> None:
    journal = Journal().read_back(3, 0.1, NOBODY, run=RUN - 1).unsubscribe(1.0, 1.1, ANNE, rows=0)

    assert journal.read_back(3, 12.0, NOBODY, run=RUN - 1).judged().verdict == "pass"
    gone = Journal().read_back(3, 0.1, NOBODY, run=RUN - 1).unsubscribe(1.0, 1.1, ANNE, rows=0).read_back(None, 12.0)
    assert shown(gone.judged()) == {"missing_device": 1}
    stale = Journal().read_back(3, 0.1, NOBODY, run=RUN - 1).subscribe(7, 1.0, 1.1)
    assert shown(stale.read_back(3, 12.0, NOBODY, run=RUN - 1).judged()) == {"lost_update": 1}


def test_a_token_that_names_nobody_read_before_any_of_its_writes_means_that_the_clocks_are_wrong() -> None:
    journal = Journal().read_back(7, 0.1).subscribe(7, 1.0, 1.1, ANNE).subscribe(8, 2.0, 2.1, BOB)

    assert unknown_for(journal.read_back(8, 12.0).judged(), Doubt.CLOCKS)
