import math
from collections.abc import Callable

import jwt
import pytest

from simulator.client.issuing import ApiKeyRefused, HostRefuses, IssuedToken, NotIssued, RateLimited, issued
from simulator.client.transport import NotSent, ProxyRefused, Refused, Response, TimedOut, TlsFailed

JWT = jwt.encode({"id": "alice", "exp": 1796083200}, "s" * 32)


def _answers(status: int, body: str) -> Callable[[], Response]:
    return lambda: Response(status, {}, body.encode())


@pytest.mark.parametrize(
    ("result", "expires"),
    [
        ('{"token":"t","expirationDate":"2026-12-01T00:00:00.000Z"}', 1796083200.0),
        ('{"token":"t","expirationDate":"2026-12-01T08:00:00+08:00"}', 1796083200.0),
        ('{"token":"t","expirationDate":"2026-12-01T00:00:00"}', 1796083200.0),
        ('{"token":"t","expirationDate":1796083200}', 1796083200.0),
        ('{"token":"t","expirationDate":1796083200000}', 1796083200.0),
        ('{"token":"t","expirationDate":"soon"}', math.inf),
        ('{"token":"t","expirationDate":true}', math.inf),
        ('{"token":"t"}', math.inf),
        ('{"token":"a.b.c"}', math.inf),
        (f'{{"token":"{JWT}"}}', 1796083200.0),
        (f'{{"token":"{JWT}","expirationDate":1}}', 1.0),
    ],
)
def test_a_tokens_expiry_is_what_the_answer_or_the_token_says(result: str, expires: float) -> None:
    assert issued("alice", _answers(200, f'{{"RC":0,"result":{result}}}')).expires == expires


@pytest.mark.parametrize(
    ("status", "body", "error", "passing", "words"),
    [
        (200, '{"RC":1,"result":{"token":"t"}}', NotIssued, False, "RC 1"),
        (200, '{"RC":false,"result":{"token":"t"}}', NotIssued, False, "RC None"),
        (200, "<html>", NotIssued, False, "--host"),
        (200, '{"RC":0}', NotIssued, False, "none that can be sent"),
        (200, '{"RC":0,"result":{"token":7}}', NotIssued, False, "none that can be sent"),
        (200, '{"RC":0,"result":{"token":""}}', NotIssued, False, "empty"),
        (200, '{"RC":0,"result":{"token":"a\\r\\nb"}}', NotIssued, False, "none that can be sent"),
        (400, '{"RC":400,"error":{"code":"MISSING_PARAMETER"}}', NotIssued, False, "400 MISSING_PARAMETER"),
        (404, "<html>", NotIssued, False, "404"),
        (301, "", NotIssued, False, "answered 301. That is a redirect, and none is followed: give --host"),
        (407, "", NotIssued, False, "A proxy on the way wants to know who we are (407): give PUSHFLEET_PROXY"),
        (429, '{"error":"RATE_LIMIT_EXCEEDED","retryAfter":60}', RateLimited, True, "429"),
        (500, '{"RC":500,"RM":"oops"}', NotIssued, True, "500"),
        (408, "", NotIssued, True, "408"),
    ],
)
def test_without_a_token_the_error_says_why_and_whether_it_passes(
    status: int,
    body: str,
    error: type[NotIssued],
    words: str,
    *,
    passing: bool,
) -> None:
    with pytest.raises(error) as raised:
        issued("alice", _answers(status, body))
    assert raised.value.passing is passing
    assert raised.value.exit_code == 2
    assert words in str(raised.value)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_api_key_is_wrong_usage_and_names_the_option(status: int) -> None:
    with pytest.raises(ApiKeyRefused, match=rf"{status} INVALID_API_KEY.*--api-key") as raised:
        issued("alice", _answers(status, '{"error":"INVALID_API_KEY","message":"s3cret is not valid"}'))
    assert raised.value.exit_code == 64
    assert "s3cret" not in str(raised.value)


def test_a_key_that_the_server_echoes_as_its_error_code_is_not_repeated() -> None:
    with pytest.raises(ApiKeyRefused) as raised:
        issued("alice", _answers(401, '{"error":"bad key s3cret","message":"no"}'))
    assert "s3cret" not in str(raised.value)


def test_a_host_that_refuses_is_told_apart_from_one_that_does_not_answer() -> None:
    def refuse() -> Response:
        raise Refused("http://h:1 refused the connection: nobody listens there.")

    def time_out() -> Response:
        raise TimedOut("The answer was not complete within 30 s.")

    with pytest.raises(HostRefuses, match=r"refused the connection.*--host"):
        issued("alice", refuse)
    with pytest.raises(NotIssued, match=r"alice.*not complete") as raised:
        issued("alice", time_out)
    assert raised.value.passing


@pytest.mark.parametrize(("error", "remedy"), [(TlsFailed, "--ca-file"), (ProxyRefused, "Check --proxy")])
def test_what_stands_in_the_way_has_a_remedy_of_its_own(error: type[NotSent], remedy: str) -> None:
    def refuse() -> Response:
        raise error("It is so.")

    with pytest.raises(HostRefuses, match=f"It is so. .*{remedy}"):
        issued("alice", refuse)


def test_an_issued_tokens_repr_does_not_show_it() -> None:
    assert "s3cret" not in repr(IssuedToken(b"s3cret", 1.0))
