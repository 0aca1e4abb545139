from results.journal.record import Outcome
from tests.results.checker.journal import Journal, shown, texts


def test_the_token_of_a_refused_subscribe_is_one() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 1.0, 1.1, outcome=Outcome.FAIL, status=401)
    judged = journal.read_back(8, 12.0).judged()

    assert shown(judged) == {"rejected_write_applied": 1}
    (text,) = texts(judged)
    assert text == (
        "REJECTED WRITE APPLIED ios/dev-0042. The subscribe of g8 begun at 01.000 s was refused with status 401. The "
        "read-back at 12.000 s found g8."
    )


def test_a_token_refused_once_and_then_accepted_is_none() -> None:
    journal = Journal().subscribe(8, 0.1, 0.2, outcome=Outcome.FAIL, status=401).subscribe(8, 1.0, 1.1)

    assert (shown(journal.read_back(8, 12.0).judged()), journal.judged().verdict) == ({}, "pass")


def test_an_absence_that_only_a_refused_unsubscribe_explains_is_one() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).unsubscribe(1.0, 1.1, outcome=Outcome.FAIL, status=401)

    assert shown(journal.read_back(None, 12.0).judged()) == {"rejected_write_applied": 1}


def test_an_unsubscribe_that_was_never_sent_explains_nothing() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).unsubscribe(1.0, 1.1, outcome=Outcome.FAIL, status=0)

    assert shown(journal.read_back(None, 12.0).judged()) == {"missing_device": 1}


def test_a_refused_subscribe_that_is_not_seen_is_none() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 1.0, 1.1, outcome=Outcome.FAIL, status=401)

    assert (shown(journal.read_back(7, 12.0).judged()), journal.judged().verdict) == ({}, "pass")


def test_an_unsubscribe_refused_after_the_absence_explains_nothing() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).read_back(None, 1.0).read_back(7, 2.0)
    journal.unsubscribe(3.0, 3.1, outcome=Outcome.FAIL, status=401)

    assert shown(journal.judged()) == {"missing_device": 1}
