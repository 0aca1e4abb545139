import jwt
import pytest

from simulator.backend.client_tokens import WEEK, ClientTokens
from tests.simulator.backend.local import Clock

NOON = 1_800_000_000


def test_a_token_lasts_seven_days_to_the_second_even_once_it_has_been_verified() -> None:
    clock = Clock(NOON)
    tokens = ClientTokens("secret", clock=clock)
    issued = tokens.issue("ann")
    assert issued.expires == NOON + WEEK == NOON + 604_800
    for now, client in ((NOON, "ann"), (NOON + WEEK - 1, "ann"), (NOON + WEEK, None), (NOON + WEEK + 1, None)):
        clock.now = now
        assert tokens.person(issued.token) == client
        assert ClientTokens("secret", clock=clock).person(issued.token) == client


def test_a_token_is_an_hs256_jwt_with_id_exp_and_iat() -> None:
    token = ClientTokens("secret", life=60, clock=Clock(NOON)).issue("ann").token
    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims == {"id": "ann", "exp": NOON + 60, "iat": NOON}


def test_several_tokens_of_one_client_live_side_by_side() -> None:
    clock = Clock(NOON)
    tokens = ClientTokens("secret", clock=clock)
    first = tokens.issue("ann").token
    clock.now += 1
    second = tokens.issue("ann").token
    assert first != second
    assert tokens.person(first) == tokens.person(second) == "ann"


def test_a_token_signed_with_another_secret_is_nobodys() -> None:
    forged = ClientTokens("guessed", clock=Clock(NOON)).issue("ann").token
    assert ClientTokens("secret", clock=Clock(NOON)).person(forged) is None


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": NOON + 60},
        {"id": "ann"},
        *({"id": odd, "exp": NOON + 60} for odd in (7, "", "a\0b", "a" * 256)),
        *({"id": "ann", "exp": odd} for odd in ("tomorrow", -1, 10**400, float("nan"), float("inf"))),
    ],
)
def test_a_token_without_a_client_or_an_end_is_nobodys(claims: dict[str, object]) -> None:
    tokens = ClientTokens("secret", clock=Clock(NOON))
    assert tokens.person(jwt.encode(claims, tokens._key, algorithm="HS256")) is None


@pytest.mark.parametrize("issued", [-1, 2**70, float("nan"), "now", None])
def test_a_token_that_does_not_say_when_it_was_issued_counts_as_old(issued: object) -> None:
    tokens = ClientTokens("secret", clock=Clock(NOON))
    claims = {"id": "ann", "exp": 2**52, "iat": issued}
    person = tokens.person(jwt.encode(claims, tokens._key, algorithm="HS256"))
    assert person is not None
    assert (str(person), person.issued, person.expires, person.bound) == ("ann", 0, 2**52, False)
