import pytest

from results.journal.record import Outcome
from tests.results.checker.journal import ANNE, BOB, RUN, Journal, shown, texts


def test_a_token_seen_after_its_acknowledged_unsubscribe_is_resurrected() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).unsubscribe(1.0, 1.1, rows=1).read_back(7, 12.0).judged()

    assert shown(judged) == {"resurrected_token": 1}
    (text,) = texts(judged)
    assert text == (
        "RESURRECTED TOKEN ios/dev-0042. Token g7 was acknowledged at 00.200 s. The unsubscribe was acknowledged at "
        "01.100 s. The read-back at 12.000 s found g7: 10.90 s after the unsubscribe's acknowledgement. No timed-out "
        "write can explain it."
    )


def test_an_older_token_after_an_unsubscribe_is_resurrected_though_it_had_been_replaced_before() -> None:
    replaced = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 1.0, 1.1)
    gone = replaced.unsubscribe(2.0, 2.1, rows=1).read_back(7, 12.0)

    assert shown(gone.judged()) == {"resurrected_token": 1}
    assert "The unsubscribe was acknowledged at 02.100 s." in texts(gone.judged())[0]


def test_an_older_token_is_a_lost_update_where_another_followed_the_unsubscribe() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).unsubscribe(0.5, 0.6, rows=1).subscribe(8, 1.0, 1.1).read_back(7, 12.0)

    assert shown(journal.judged()) == {"lost_update": 1}


def test_an_unsubscribe_that_overlapped_the_subscribe_may_have_come_first() -> None:
    judged = Journal().subscribe(7, 0.1, 1.05).unsubscribe(1.0, 1.1).read_back(7, 12.0).judged()

    assert (shown(judged), judged.verdict) == ({}, "pass")


def test_a_timed_out_unsubscribe_need_not_have_acted() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).unsubscribe(1.0, 1.1, outcome=Outcome.INFO).read_back(7, 12.0)

    assert (shown(journal.judged()), journal.judged().verdict) == ({}, "pass")


def test_an_unsubscribe_that_removes_what_the_last_one_removed_shows_it_resurrected() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).unsubscribe(1.0, 1.1, rows=1).unsubscribe(2.1, 2.2, rows=1)
    judged = journal.read_back(None, 12.0).judged()

    assert (shown(judged), judged.verdict) == ({"resurrected_token": 1}, "violated")
    (text,) = texts(judged)
    assert text == (
        "RESURRECTED TOKEN ios/dev-0042. The unsubscribe was acknowledged at 01.100 s. The unsubscribe begun at "
        "02.100 s removed a subscription: 1.00 s after the unsubscribe's acknowledgement. No timed-out write can "
        "explain it."
    )


@pytest.mark.parametrize(
    "between",
    [
        Journal().subscribe(8, 1.2, 1.3),
        Journal().subscribe(8, 0.5, 1.0),  # touches the first
        Journal().subscribe(8, 2.2, 2.9),  # touches the second
        Journal().subscribe(8, 0.3, 0.4, outcome=Outcome.INFO),  # may act late
        Journal().subscribe(8, 1.2, 1.3, BOB),  # a backend may take no notice of owners
    ],
)
def test_whatever_may_have_subscribed_in_between_excuses_a_second_removal(between: Journal) -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).unsubscribe(1.0, 1.1, rows=1).unsubscribe(2.1, 2.2, rows=1)
    journal.rows.extend(between.rows)

    assert "resurrected_token" not in shown(journal.read_back(None, 12.0).judged())


def test_a_first_removal_may_have_found_what_an_earlier_run_left() -> None:
    assert Journal().unsubscribe(1.0, 1.1, rows=1).read_back(None, 12.0).judged().verdict == "pass"


def test_overlapping_removals_may_have_come_in_either_order() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).unsubscribe(1.0, 2.0, rows=0).unsubscribe(1.5, 2.2, rows=1)

    assert journal.read_back(None, 12.0).judged().verdict == "pass"


def test_another_persons_unsubscribe_removes_nothing_of_mine() -> None:
    journal = Journal().read_back(3, 0.1, ANNE, run=RUN - 1).unsubscribe(1.0, 1.1, BOB, rows=0)

    assert journal.unsubscribe(2.1, 2.2, ANNE, rows=1).read_back(None, 12.0).judged().verdict == "pass"


def test_a_second_removal_proves_nothing_where_operations_are_missing() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).unsubscribe(1.0, 1.1, rows=1).unsubscribe(2.1, 2.2, rows=1)
    judged = journal.read_back(None, 12.0).judged(dead=True)

    assert (shown(judged), judged.verdict) == ({}, "unknown")


def test_an_unsubscribe_that_removes_what_a_read_back_had_not_found_shows_it_resurrected() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).unsubscribe(0.3, 0.4).read_back(None, 1.0).unsubscribe(2.1, 2.2, rows=1)
    judged = journal.read_back(None, 12.0).judged()

    assert (shown(judged), judged.verdict) == ({"resurrected_token": 1}, "violated")
    (text,) = texts(judged)
    assert text == (
        "RESURRECTED TOKEN ios/dev-0042. The read-back at 01.000 s found nothing. The unsubscribe begun at 02.100 s "
        "removed a subscription: 0.60 s after nothing was found. No timed-out write can explain it."
    )


def test_a_push_that_did_not_reach_its_only_person_is_proof_that_there_was_none_to_remove() -> None:
    journal = Journal().push(None, 0.5, 0.9).unsubscribe(2.1, 2.2, rows=1).read_back(None, 12.0)
    others = Journal().push(None, 0.5, 0.9).unsubscribe(2.1, 2.2, rows=1).unsubscribe(3.0, 3.1, BOB, rows=0)

    assert shown(journal.judged()) == {"resurrected_token": 1}
    assert shown(others.read_back(None, 12.0).judged()) == {}


def test_two_unsubscribes_at_once_do_not_both_remove_the_one_subscription_there_was() -> None:
    twice = Journal().unsubscribe(1.0, 2.0, rows=1).unsubscribe(1.5, 2.2, rows=1).read_back(None, 12.0)
    empty = Journal().read_back(None, 0.1).subscribe(7, 0.7, 0.8).unsubscribe(1.0, 2.0, rows=1)
    judged = empty.unsubscribe(1.5, 2.2, rows=1).read_back(None, 12.0).judged()

    assert shown(twice.judged()) == {"resurrected_token": 1}
    assert (shown(judged), judged.verdict) == ({"resurrected_token": 1}, "violated")
    (text,) = texts(judged)
    assert text == (
        "RESURRECTED TOKEN ios/dev-0042. The unsubscribe was acknowledged at 02.000 s. The unsubscribe begun at "
        "01.500 s removed a subscription too, at the same time, and there was one at most. No timed-out write can "
        "explain it."
    )


@pytest.mark.parametrize(
    "first",
    [
        Journal().subscribe(7, 0.1, 0.2),  # an earlier run may have left the other
        Journal().read_back(None, 0.1).subscribe(7, 0.7, 0.8).subscribe(8, 1.1, 1.2),
        Journal().read_back(None, 0.1).subscribe(7, 0.7, 0.8).subscribe(7, 2.1, 2.3),  # touches the second
        Journal().read_back(None, 0.1).subscribe(7, 0.7, 0.8).subscribe(8, 0.9, 1.0, outcome=Outcome.INFO),
    ],
)
def test_two_unsubscribes_at_once_that_may_have_found_one_each_are_right(first: Journal) -> None:
    first.unsubscribe(1.0, 2.0, rows=1).unsubscribe(1.5, 2.2, rows=1)

    assert "resurrected_token" not in shown(first.read_back(None, 12.0).judged())
