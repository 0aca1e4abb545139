from tests.results.checker.journal import Journal, shown, texts


def test_two_rows_of_one_register_in_one_read_back_are_a_duplicate() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 0.1, 0.2).read_back(7, 12.0).read_back(8, 12.0).judged()

    assert shown(judged) == {"duplicate_subscription": 1}
    (text,) = texts(judged)
    assert text == (
        "DUPLICATE SUBSCRIPTION ios/dev-0042. The read-back at 12.000 s found 2 rows, where one can stand: g7 of "
        "nobody, g8 of nobody."
    )


def test_an_unsubscribe_that_removed_two_records_shows_a_duplicate() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).unsubscribe(1.0, 1.1, rows=2).read_back(None, 12.0).judged()

    assert shown(judged) == {"duplicate_subscription": 1}
    assert texts(judged) == [
        "DUPLICATE SUBSCRIPTION ios/dev-0042. The unsubscribe begun at 01.000 s removed 2 records, where one can stand."
    ]


def test_one_row_in_each_of_two_read_backs_is_none() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(7, 0.3, 0.4).unsubscribe(1.0, 1.1, rows=1).subscribe(8, 2, 3)
    judged = journal.read_back(8, 12.0).read_back(8, 14.0).judged()

    assert (shown(judged), judged.verdict) == ({}, "pass")
