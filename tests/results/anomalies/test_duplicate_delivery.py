import pytest

from tests.results.checker.journal import BOB, Journal, shown, texts


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


@pytest.mark.parametrize("status", [0, 400, 429, 500, 503])
def test_a_delivery_tried_again_because_the_provider_did_not_take_it_is_none(status: int) -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1, status=status).push(7, 1.0, 1.4)

    assert (shown(journal.read_back(7, 12.0).judged()), journal.judged().verdict) == ({}, "pass")


@pytest.mark.parametrize("status", [200, 201, 404, 410])
def test_a_delivery_after_the_providers_last_word_is_one(status: int) -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1, status=503).push(7, 1.0, 1.2, status=status)
    journal.push(7, 1.0, 1.4).read_back(7, 12.0)

    assert shown(journal.judged()) == {"duplicate_delivery": 1}
    assert texts(journal.judged())[0].endswith("delivered g7 twice: received at 01.200 s and 01.400 s.")


def test_a_delivery_tried_again_before_the_provider_had_answered_the_first_is_none() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1, answered=9.0).push(7, 1.0, 6.0, answered=6.1)

    assert (shown(journal.read_back(7, 12.0).judged()), journal.judged().verdict) == ({}, "pass")


@pytest.mark.parametrize(("answered", "found"), [(2.1, {"duplicate_delivery": 1}), (2.11, {})])
def test_a_delivery_whose_sender_may_have_given_up_waiting_can_be_tried_again(
    answered: float, found: dict[str, int]
) -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1, answered=answered).push(7, 1.0, 9.0)

    assert shown(journal.read_back(7, 12.0).judged()) == found


def test_the_same_token_in_pushes_for_two_people_is_another_matter() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(7, 0.3, 5.0, BOB).push(7, 1.0, 1.1).push(7, 1.0, 1.2, BOB)

    assert "duplicate_delivery" not in shown(journal.read_back(7, 12.0, BOB).judged())
