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
        assert tokens.client_of(issued.token) == client
        assert ClientTokens("secret", clock=clock).client_of(issued.token) == client


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
    assert tokens.client_of(first) == tokens.client_of(second) == "ann"


def test_a_token_signed_with_another_secret_is_nobodys() -> None:
    forged = ClientTokens("guessed", clock=Clock(NOON)).issue("ann").token
    assert ClientTokens("secret", clock=Clock(NOON)).client_of(forged) is None


@pytest.mark.parametrize("claims", [{"exp": NOON + 60}, {"id": "ann"}, {"id": 7, "exp": NOON + 60}])
def test_a_token_without_a_client_or_an_end_is_nobodys(claims: dict[str, object]) -> None:
    tokens = ClientTokens("secret", clock=Clock(NOON))
    assert tokens.client_of(jwt.encode(claims, tokens._key, algorithm="HS256")) is None
