from results.checker.rule import Rule
from results.journal.record import Outcome
from tests.results.checker.journal import RUN, Journal
from tests.results.checker.test_case import judged, rules


def test_a_push_begun_before_an_attempt_that_it_delivered_makes_no_token_older_than_it_is() -> None:
    journal = Journal().push(7, 0.5, 3.0).subscribe(8, 0.8, 2.0).subscribe(7, 1.0, 1.2, outcome=Outcome.INFO)
    journal.push(8, 1.5, 2.0).read_back(7, 12.0)

    assert (rules(journal), judged(journal).doubts) == ([], set())  # g8 was begun before g7, and no g7 came back


def test_a_push_begun_before_the_newer_token_that_it_delivered_makes_that_no_older() -> None:
    journal = Journal().push(8, 0.1, 3.0).subscribe(7, 0.2, 0.3, outcome=Outcome.INFO).subscribe(8, 1.0, 1.1)

    assert rules(journal.read_back(7, 12.0)) == [Rule.LATE_WRITE]


def test_a_token_of_an_earlier_run_is_given_up_when_this_run_gave_it_up() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, run=RUN - 1, outcome=Outcome.INFO).subscribe(8, 1.0, 1.1)

    assert rules(journal.read_back(7, 12.0, run=RUN - 1)) == [Rule.LATE_WRITE]
