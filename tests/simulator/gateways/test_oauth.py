"""Google's token endpoint: who gets an access token, for how long, and what the others are told."""

from typing import Any
from urllib.parse import urlencode

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from simulator.gateways.oauth import AccessTokens, TokenEndpoint
from simulator.gateways.request import Answer, Request
from simulator.gateways.trust import ServiceAccount, Trust
from tests.simulator.gateways.fields import Fields

NOW = 1_800_000_000
URI = "https://127.0.0.1:4/token"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
KEY, STRANGER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
TRUST = Trust("b", "t", {}, "mine", {"mine": ServiceAccount("me@mine", KEY.public_key())}, b"")


class Clock:
    now = float(NOW)

    def __call__(self) -> float:
        return self.now


def asked(key: rsa.RSAPrivateKey = KEY, **changed: Any) -> bytes:  # noqa: ANN401 - claims of any type
    claims = {"iss": "me@mine", "aud": URI, "iat": NOW, "exp": NOW + 3600, "scope": SCOPE, **changed}
    told = {name: value for name, value in claims.items() if value is not None}
    return urlencode({"grant_type": GRANT, "assertion": jwt.encode(told, key, "RS256")}).encode()


def answered(body: bytes, method: str = "POST") -> Answer:
    endpoint = TokenEndpoint(TRUST, AccessTokens(Clock()), URI, Clock())
    return endpoint.answer(Request(method, "/token", Fields(), body, "peer"))


def refusal(body: bytes) -> tuple[int, str, str]:
    answer = answered(body)
    said = orjson.loads(answer.body)
    return answer.status, said["error"], said["error_description"]


@pytest.mark.parametrize(
    "scope", [SCOPE, "https://www.googleapis.com/auth/cloud-platform", f"https://example.com/a {SCOPE}"]
)
def test_a_service_account_gets_a_token_for_an_hour(scope: str) -> None:
    clock = Clock()
    tokens = AccessTokens(clock)
    answer = TokenEndpoint(TRUST, tokens, URI, clock).answer(
        Request("POST", "/token", Fields(), asked(scope=scope), "peer")
    )
    said = orjson.loads(answer.body)
    assert (answer.status, said.pop("access_token")[:5]) == (200, "ya29.")
    assert said == {"expires_in": 3599, "token_type": "Bearer"}
    token = orjson.loads(answer.body)["access_token"]
    assert (tokens.account_of(token), tokens.account_of(token + "x"), tokens.account_of("")) == ("mine", None, None)
    clock.now += 3598
    assert tokens.account_of(token) == "mine"
    clock.now += 1
    assert tokens.account_of(token) is None


SHORT_LIVED = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (asked(STRANGER), (400, "invalid_grant", "Invalid JWT Signature.")),
        (asked(iss="you@mine"), (400, "invalid_grant", "Invalid grant: account not found")),
        (asked(iss=None), (400, "invalid_grant", "Invalid grant: account not found")),
        (
            asked(aud="https://127.0.0.1:5/token"),
            (400, "invalid_grant", f"Invalid JWT: Failed audience check. It must be {URI}."),
        ),
        (asked(exp=NOW + 3601), (400, "invalid_grant", SHORT_LIVED)),
        (asked(iat=NOW - 3600, exp=NOW), (400, "invalid_grant", SHORT_LIVED)),
        (asked(iat=NOW + 61, exp=NOW + 100), (400, "invalid_grant", SHORT_LIVED)),
        (asked(exp=None), (400, "invalid_grant", SHORT_LIVED)),
        (asked(iat="now"), (400, "invalid_grant", SHORT_LIVED)),
        (asked(iat=10**400, exp=10**401), (400, "invalid_grant", SHORT_LIVED)),
        (asked(iat=-(10**400), exp=10**400), (400, "invalid_grant", SHORT_LIVED)),
        (asked(exp=float("nan")), (400, "invalid_grant", SHORT_LIVED)),
        (
            asked(scope="https://www.googleapis.com/auth/gmail"),
            (400, "invalid_scope", "Invalid OAuth scope or ID token audience provided."),
        ),
        (asked(scope=None), (400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.")),
        (
            b"grant_type=password",
            (400, "unsupported_grant_type", f"Invalid grant_type: only {GRANT} is known here."),
        ),
        (b"\xff\x00", (400, "unsupported_grant_type", f"Invalid grant_type: only {GRANT} is known here.")),
        (
            urlencode({"grant_type": GRANT}).encode(),
            (400, "invalid_request", "Missing required parameter: assertion"),
        ),
        (
            urlencode({"grant_type": GRANT, "assertion": "a.b.c"}).encode(),
            (400, "invalid_grant", "Bad JWT: it cannot be decoded."),
        ),
    ],
)
def test_nobody_else_does(body: bytes, expected: tuple[int, str, str]) -> None:
    assert refusal(body) == expected


def test_an_assertion_made_out_to_google_itself_is_good_as_googles_library_makes_no_other() -> None:
    assert answered(asked(aud="https://oauth2.googleapis.com/token")).status == 200


def test_an_algorithm_that_needs_no_key_is_no_signature() -> None:
    claims = {"iss": "me@mine", "aud": URI, "iat": NOW, "exp": NOW + 3600, "scope": SCOPE}
    unsigned = urlencode({"grant_type": GRANT, "assertion": jwt.encode(claims, "", "none")}).encode()
    assert refusal(unsigned) == (400, "invalid_grant", "Invalid JWT Signature.")


def test_only_post_is_answered() -> None:
    assert answered(asked(), "GET").status == 405
