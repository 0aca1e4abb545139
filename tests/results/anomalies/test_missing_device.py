from tests.results.checker.journal import ANNE, BOB, Journal, shown, texts


def test_an_acknowledged_device_that_the_read_back_lacks_is_missing() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).read_back(None, 12.0).judged()

    assert shown(judged) == {"missing_device": 1}
    (text,) = texts(judged)
    assert text == (
        "MISSING DEVICE ios/dev-0042. Token g7 was acknowledged at 00.200 s. The read-back at 12.000 s found nothing. "
        "No unsubscribe had begun by then."
    )


def test_an_unsubscribe_before_the_subscribe_is_no_excuse() -> None:
    judged = Journal().unsubscribe(0.0, 0.05).subscribe(7, 0.1, 0.2).read_back(None, 12.0).judged()

    (text,) = texts(judged)
    assert text == (
        "MISSING DEVICE ios/dev-0042. Token g7 was acknowledged at 00.200 s. The read-back at 12.000 s found nothing. "
        "The last unsubscribe that could explain it ended before: The unsubscribe was acknowledged at 00.050 s."
    )


def test_an_unsubscribe_that_found_nothing_to_remove_shows_a_missing_device() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).unsubscribe(1.0, 1.1, rows=0).judged()

    assert shown(judged) == {"missing_device": 1}
    assert "The unsubscribe begun at 01.000 s removed nothing." in texts(judged)[0]


def test_a_closed_push_that_skipped_a_device_shows_it_missing() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).push(None, 1.0, 2.0).read_back(7, 12.0).judged()

    assert shown(judged) == {"missing_device": 1}
    assert texts(judged)[0].endswith("did not reach it. The read-back at 12.000 s found g7 all the same.")


def test_one_unsubscribe_cannot_explain_two_absences() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).unsubscribe(0.3, 9.0).read_back(None, 1.0).subscribe(8, 2.0, 2.1)
    judged = journal.read_back(None, 12.0).judged()

    assert shown(judged) == {"missing_device": 1}
    assert "Every unsubscribe that could explain it is needed to explain another absence." in texts(judged)[0]


def test_an_unsubscribe_under_way_explains_an_absence() -> None:
    judged = Journal().unsubscribe(0.15, 0.3).subscribe(7, 0.1, 0.2).read_back(None, 12.0).judged()

    assert (shown(judged), judged.verdict) == ({}, "pass")


def test_a_takeover_before_the_subscribe_is_no_excuse_and_is_called_one() -> None:
    journal = Journal().subscribe(6, 0.0, 0.05, BOB).subscribe(7, 0.1, 0.2, ANNE).push(None, 1.0, 2.0, ANNE)
    judged = journal.closed(1.0, 2.0, 0).judged()

    (text,) = texts(judged)
    assert text.endswith("The last takeover that could explain it ended before: Token g6 was acknowledged at 00.050 s.")
