from results.journal.record import Outcome
from tests.results.checker.journal import ANNE, BOB, Journal, shown, texts


def test_a_push_for_the_former_owner_after_the_takeover_is_one() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, ANNE).subscribe(7, 1.0, 1.1, BOB).push(7, 2.0, 2.1, ANNE)
    judged = journal.read_back(7, 12.0, BOB).judged()

    assert shown(judged) == {"old_owner_push": 1}
    (text,) = texts(judged)
    assert text == (
        "OLD OWNER PUSH ios/dev-0042. Person 8 took the device over: Token g7 was acknowledged at 01.100 s. A push "
        "begun at 02.000 s delivered g7 for person 7."
    )


def test_the_new_owners_token_under_the_former_owners_name_is_one() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, ANNE).subscribe(8, 1.0, 1.1, BOB).push(8, 2.0, 2.1, ANNE)

    assert shown(journal.read_back(8, 12.0, BOB).judged()) == {"old_owner_push": 1}


def test_a_former_owners_row_beside_the_owners_is_one() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, ANNE).subscribe(7, 1.0, 1.1, BOB)
    judged = journal.read_back(7, 12.0, ANNE).read_back(7, 12.0, BOB).judged()

    assert shown(judged) == {"duplicate_subscription": 1, "old_owner_push": 1}


def test_a_push_begun_before_the_takeover_was_acknowledged_is_none() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, ANNE).subscribe(7, 1.0, 1.1, BOB).push(7, 1.05, 2.1, ANNE)
    judged = journal.read_back(7, 12.0, BOB).judged()

    assert (shown(judged), judged.verdict) == ({}, "pass")


def test_a_former_owners_late_unsubscribe_removes_nothing_of_the_new_owners() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, ANNE).subscribe(8, 1.0, 1.1, BOB).unsubscribe(2.0, 2.1, ANNE)

    assert shown(journal.read_back(8, 12.0, BOB).judged()) == {}
    journal.rows.pop()
    assert shown(journal.read_back(None, 12.0).judged()) == {"missing_device": 1}


def test_rows_of_two_owners_whose_subscribes_overlapped_are_a_duplicate_only() -> None:
    journal = Journal().subscribe(7, 0.1, 1.05, ANNE).subscribe(7, 1.0, 1.1, BOB)
    judged = journal.read_back(7, 12.0, ANNE).read_back(7, 12.0, BOB).judged()

    assert shown(judged) == {"duplicate_subscription": 1}


def test_a_row_that_a_timed_out_subscribe_may_have_left_is_a_duplicate_only() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, ANNE, outcome=Outcome.INFO).subscribe(7, 1.0, 1.1, BOB)
    judged = journal.read_back(7, 12.0, ANNE).read_back(7, 12.0, BOB).judged()

    assert shown(judged) == {"duplicate_subscription": 1}


def test_closed_pushes_around_a_takeover_show_it_where_it_was_late() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, ANNE).subscribe(7, 1.0, 1.1, BOB)
    journal.pushed(2.0, ANNE).closed(2.0, 2.3, 0, ANNE).pushed(2.0, BOB).push(7, 2.0, 2.1, BOB).closed(2.0, 2.3, 1, BOB)
    assert (shown(journal.judged()), journal.judged().verdict) == ({}, "pass")

    journal.pushed(3.0, ANNE).push(7, 3.0, 3.1, ANNE).closed(3.0, 3.3, 1, ANNE)
    assert shown(journal.read_back(7, 12.0, BOB).judged()) == {"old_owner_push": 1}
