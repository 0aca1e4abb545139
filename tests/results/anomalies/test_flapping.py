from tests.results.checker.journal import Journal, shown, texts


def test_a_token_read_before_and_after_a_newer_one_was_read_is_flapping() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(7, 0.5, 0.6).subscribe(8, 1.0, 1.1).push(8, 2.0, 2.1)
    judged = journal.push(7, 3.0, 3.1).read_back(8, 12.0).judged()

    assert shown(judged) == {"flapping": 1}
    (text,) = texts(judged)
    assert text == (
        "FLAPPING ios/dev-0042. A push begun at 00.500 s delivered g7; A push begun at 02.000 s delivered g8; A push "
        "begun at 03.000 s delivered g7. No timed-out write can explain it."
    )


def test_a_stale_read_before_the_newer_token_was_ever_read_is_not() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(7, 0.5, 0.6).subscribe(8, 1.0, 1.1).push(7, 2.0, 2.1)
    judged = journal.push(8, 3.0, 3.1).read_back(8, 12.0).judged()

    assert shown(judged) == {"stale_push": 1}


def test_reads_that_overlap_are_not_successive() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(7, 0.5, 0.6).subscribe(8, 1.0, 1.1).push(8, 0.9, 4.0)
    judged = journal.push(7, 0.9, 3.1).read_back(8, 12.0).judged()

    assert (shown(judged), judged.verdict) == ({}, "pass")


def test_an_older_token_read_only_after_the_newer_is_stale_and_not_flapping() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 1.0, 1.1).push(8, 2.0, 2.1).push(7, 3.0, 3.1)

    assert shown(journal.read_back(8, 12.0).judged()) == {"stale_push": 1}
