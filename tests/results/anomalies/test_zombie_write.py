from results.journal.record import Outcome
from tests.results.checker.journal import Journal, shown, texts


def test_a_superseded_token_that_came_back_from_a_time_out_is_a_zombie_and_no_violation() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, outcome=Outcome.INFO).subscribe(8, 1.0, 1.1).read_back(7, 12.0)
    judged = journal.judged()

    assert (shown(judged), judged.verdict) == ({"zombie_write": 1}, "unknown")
    assert (judged.total, judged.judged, judged.unknown) == (1, 0, 1)
    (text,) = texts(judged)
    assert text == (
        "ZOMBIE WRITE ios/dev-0042. An attempt to subscribe g7 got no answer. Token g8 was acknowledged at 01.100 s. "
        "The read-back at 12.000 s found g7: 10.90 s after g8's acknowledgement, one acknowledged write skipped. Only "
        "that attempt, acting after it had been superseded, explains it."
    )


def test_a_retried_attempt_that_lands_after_its_successor_is_a_zombie() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, outcome=Outcome.INFO).subscribe(7, 0.3, 0.4).subscribe(8, 1.0, 1.1)
    judged = journal.read_back(8, 5.0).read_back(7, 12.0).judged()

    assert (shown(judged), judged.verdict) == ({"zombie_write": 1}, "unknown")


def test_a_timed_out_token_that_nothing_superseded_is_none() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 1.0, 1.1, outcome=Outcome.INFO).read_back(7, 2.0)
    judged = journal.read_back(8, 12.0).judged()

    assert (shown(judged), judged.verdict) == ({}, "pass")


def test_an_attempt_that_had_been_seen_before_cannot_come_back() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, outcome=Outcome.INFO).read_back(7, 0.5).subscribe(8, 1.5, 1.6)
    judged = journal.read_back(7, 12.0).judged()

    assert (shown(judged), judged.verdict) == ({"lost_update": 1}, "violated")
    assert texts(judged)[0].endswith("cannot have acted so late: the token was there before.")


def test_two_attempts_that_both_landed_late_in_their_order_are_none() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, outcome=Outcome.INFO).subscribe(8, 1.0, 1.1, outcome=Outcome.INFO)
    journal.unsubscribe(0.01, 0.05)  # what is not acknowledged makes no verdict
    judged = journal.read_back(None, 2.0).read_back(7, 3.0).read_back(8, 12.0).judged()

    assert (shown(judged), judged.verdict) == ({}, "pass")


def test_a_token_that_came_back_from_a_time_out_after_an_unsubscribe_is_a_zombie() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, outcome=Outcome.INFO).unsubscribe(1.0, 1.1).read_back(7, 12.0)
    judged = journal.judged()

    assert (shown(judged), judged.verdict) == ({"zombie_write": 1}, "unknown")
