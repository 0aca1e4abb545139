from tests.results.checker.journal import Journal, shown, texts


def test_an_older_token_pushed_after_a_newer_was_acknowledged_is_stale() -> None:
    journal = Journal().subscribe(7, 0.1, 0.204).subscribe(8, 0.9, 0.95).push(7, 3.1, 3.2).read_back(8, 12.0)
    judged = journal.judged()

    assert shown(judged) == {"stale_push": 1}
    (text,) = texts(judged)
    assert text == (
        "STALE PUSH ios/dev-0042. Token g7 was acknowledged at 00.204 s. Token g8 was acknowledged at 00.950 s. "
        "A push begun at 03.100 s delivered g7: 2.15 s after g8's acknowledgement, one acknowledged write skipped. "
        "No timed-out write can explain it. The read-back at 12.000 s found g8 again."
    )


def test_a_push_begun_before_the_acknowledgement_may_deliver_either() -> None:
    journal = Journal().subscribe(7, 0.1, 0.204).subscribe(8, 0.9, 0.95).push(7, 0.95, 3.2).read_back(8, 12.0)
    judged = journal.judged()

    assert (shown(judged), judged.verdict) == ({}, "pass")


def test_a_stale_push_with_nothing_read_later_says_so() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 0.3, 0.4).subscribe(9, 0.5, 0.6).push(7, 3.1, 3.2).judged()

    assert shown(judged) == {"stale_push": 1}
    assert "two" not in texts(judged)[0]
    assert ", 2 acknowledged writes skipped" in texts(judged)[0]
    assert texts(judged)[0].endswith("Nothing read later showed it right again.")


def test_a_stale_push_is_one_whatever_its_provider_answered() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 0.3, 0.4)
    journal.pushed(1.0).push(7, 1.0, 1.1, status=410).closed(1.0, 1.5, 1).read_back(8, 12.0)

    assert shown(journal.judged()) == {"stale_push": 1}


def test_a_push_tried_for_long_may_deliver_what_stood_there_when_it_was_sent() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).pushed(0.25).subscribe(8, 0.3, 0.4)
    journal.push(7, 0.25, 0.28, status=503).push(7, 0.25, 5.0, status=410).closed(0.25, 5.1, 1).read_back(8, 12.0)

    assert (shown(journal.judged()), journal.judged().verdict) == ({}, "pass")
