import pytest

from results.journal.record import FOLDED, GHOST, TRUNCATED, Outcome
from tests.results.checker.journal import OTHER, RUN, Journal, shown, texts


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (GHOST, "a token that nobody minted"),
        (TRUNCATED, "a token that is only the beginning of a minted one (truncated)"),
        (FOLDED, "a token that differs from a minted one in case (folded)"),
    ],
)
def test_a_token_that_nobody_minted_is_a_ghost(code: int, words: str) -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).read_back(code, 12.0).judged()

    assert shown(judged) == {"ghost_token": 1}
    assert texts(judged) == [f"GHOST TOKEN ios/dev-0042. The read-back at 12.000 s found {words}."]


def test_a_token_that_was_never_issued_is_a_ghost() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).read_back(9, 12.0).judged()

    assert shown(judged) == {"ghost_token": 1}
    (text,) = texts(judged)
    assert text == (
        "GHOST TOKEN ios/dev-0042. The read-back at 12.000 s found g9, which is validly minted for it, but was never "
        "issued."
    )


def test_a_token_of_an_earlier_run_is_no_ghost() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, outcome=Outcome.INFO).read_back(9, 12.0, run=RUN - 1)
    journal.subscribe(7, 0.1, 0.2, register=OTHER).read_back(7, 12.0, register=OTHER)

    assert (shown(journal.judged()), journal.judged().verdict) == ({}, "pass")


def test_a_token_of_a_later_run_is_no_ghost() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).read_back(9, 12.0, run=RUN + 1).judged()

    assert (shown(judged), judged.verdict) == ({}, "unknown")


def test_a_token_of_a_register_that_this_run_left_alone_is_no_ghost() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).read_back(7, 12.0).read_back(9, 12.0, register=OTHER).judged()

    assert (shown(judged), judged.verdict) == ({}, "pass")


def test_only_the_backend_can_have_cut_off_a_token_wherever_it_stands() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).read_back(7, 12.0).read_back(TRUNCATED, 12.0, register=OTHER)

    assert shown(journal.judged()) == {"ghost_token": 1}


def test_the_token_of_a_timed_out_subscribe_is_no_ghost() -> None:
    journal = Journal().subscribe(6, 0.0, 0.05).subscribe(7, 0.1, 0.2, outcome=Outcome.INFO).read_back(7, 12.0)

    assert (shown(journal.judged()), journal.judged().verdict) == ({}, "pass")
