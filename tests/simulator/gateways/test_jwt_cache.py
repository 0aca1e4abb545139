"""A token is verified once, by the key that its header asks for, and by ES256 alone."""

from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from simulator.gateways import jwt_cache
from simulator.gateways.jwt_cache import JwtCache, Signed, seconds
from tests.simulator.gateways.trusted import KEY, OTHER, base64url, public


def key_of(header: dict[str, Any]) -> EllipticCurvePublicKey | None:
    return KEY.public_key() if header.get("kid") == "mine" else None


def token(key: Any = KEY, kid: str = "mine", algorithm: str = "ES256") -> str:  # noqa: ANN401 - as PyJWT takes it
    return jwt.encode({"iss": "me"}, key, algorithm=algorithm, headers={"kid": kid})


def test_a_token_that_its_key_signed_is_told_with_header_and_claims() -> None:
    header = {"alg": "ES256", "kid": "mine", "typ": "JWT"}
    assert JwtCache(key_of).verified(token()) == Signed(header, {"iss": "me"}, None)


@pytest.mark.filterwarnings("ignore:The HMAC key is")
@pytest.mark.parametrize(
    "bad",
    [
        token(OTHER),
        token(kid="nobody's"),
        token(algorithm="none", key=None),
        jwt.encode({}, public(KEY), algorithm="HS256", headers={"kid": "mine"}),  # signed with what everybody knows
        token()[:-4] + "AAAA",
        token() + "x" * 4096,
        "",
        "a.b.c",
        "\udcff",
        base64url(b"[" * 2000) + ".e30.e30",
        base64url(b'{"alg":"ES256","kid":5}') + ".e30.e30",
    ],
)
def test_whatever_else_is_no_token(bad: str) -> None:
    assert JwtCache(key_of).verified(bad) is None


def test_a_token_is_verified_once_whether_it_is_good_or_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[dict[str, Any]]()

    def key_asked_for(header: dict[str, Any]) -> EllipticCurvePublicKey | None:
        asked.append(header)
        return key_of(header)

    cache = JwtCache(key_asked_for)
    good, bad = token(), token(OTHER)
    assert [cache.verified(text) is None for text in (good, bad, good, bad)] == [False, True, False, True]
    assert len(asked) == 2
    monkeypatch.setattr(jwt_cache, "_REMEMBERED", 2)
    cache.verified("one.too.many")
    assert len(cache._known) == 1


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (5, 5.0),
        (5.25, 5.25),
        (None, None),
        ("5", None),
        (True, None),
        ([], None),
        (float("nan"), None),
        (float("inf"), None),
        (10**400, None),
    ],
)
def test_a_time_is_a_finite_number(said: object, read: float | None) -> None:
    assert seconds({"iat": said}, "iat") == read


def test_a_time_that_is_missing_is_none() -> None:
    assert seconds({}, "iat") is None
