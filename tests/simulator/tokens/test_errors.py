import pickle

import pytest

from simulator.errors import UsageError
from simulator.tokens import Folded, NotMinted, Provenance, PushType, Status, TokenError, Truncated

WRITE = Provenance(9, 2, 7, 1, PushType.IOS, 3)
SECRET = "0123456789abcdef" * 4


@pytest.mark.parametrize("error", [NotMinted(SECRET), Truncated(SECRET, 99, WRITE), Folded(SECRET)])
def test_no_message_shows_more_than_six_characters_of_a_token(error: TokenError) -> None:
    assert "'012345' (64 characters)" in str(error)
    assert "0123456" not in str(error)


def test_statuses_are_the_values_that_the_journal_keeps() -> None:
    assert [int(kind.status) for kind in (NotMinted, Truncated, Folded)] == [-2, -3, -4]
    assert int(Status.MINTED) == 0


def test_a_refused_token_is_wrong_usage() -> None:
    assert issubclass(TokenError, UsageError)
    assert NotMinted("x").exit_code == 64


def test_an_error_keeps_what_it_knows_on_its_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(Folded(SECRET, WRITE)))  # noqa: S301 - our own bytes
    assert (error.provenance, error.register, error.fleet) == (WRITE, WRITE.register, 9)
