from tests.results.checker.journal import Journal, shown, texts


def test_a_token_delivered_twice_in_one_push_is_a_duplicate() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1).push(7, 1.0, 1.2).read_back(7, 12.0)

    assert shown(journal.judged()) == {"duplicate_delivery": 1}
    (text,) = texts(journal.judged())
    assert text == (
        "DUPLICATE DELIVERY ios/dev-0042. A push begun at 01.000 s delivered g7 twice: received at 01.100 s and "
        "01.200 s."
    )


def test_a_token_delivered_once_in_each_of_two_pushes_is_none() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1).push(7, 1.001, 1.2).read_back(7, 12.0)

    assert (shown(journal.judged()), journal.judged().verdict) == ({}, "pass")
