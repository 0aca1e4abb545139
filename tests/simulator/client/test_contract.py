import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.client.contract import Call, Finding, Refusal, error_code, json_object, judge
from simulator.client.outcome import Fault, Outcome

OK, FAIL, INFO = Outcome.OK, Outcome.FAIL, Outcome.INFO
SUBSCRIBE, UNSUBSCRIBE, PUSH = Call.SUBSCRIBE, Call.UNSUBSCRIBE, Call.PUSH

INVALID_TOKEN = b'{"RC":401,"RM":"Unauthorized","error":{"code":"INVALID_TOKEN","message":"Invalid or expired token"}}'
MISSING = b'{"RC":400,"RM":"Bad Request","error":{"code":"MISSING_PARAMETER","message":"type, token and deviceId are required"}}'  # noqa: E501 - a literal body reads best whole
BAD_KEY = b'{"error":"INVALID_CLIENT_KEY","message":"Invalid client key"}'
NO_CLIENT = b'{"RC":404,"RM":"Not Found","error":{"code":"CLIENT_NOT_FOUND","message":"no such client"}}'
LIMITED = b'{"error":"RATE_LIMIT_EXCEEDED","message":"slow down","retryAfter":60}'

ACCEPTED = [
    # the page's own examples
    (SUBSCRIBE, 200, b'{"RC":0,"RM":"OK","result":{}}', Finding(OK, Fault.NONE, 0)),
    (SUBSCRIBE, 200, b'{"RC":0,"RM":"OK","result":{"_id":"5f","type":"ios"}}', Finding(OK, Fault.NONE, 0)),
    (UNSUBSCRIBE, 200, b'{"RC":0,"RM":"OK","result":{"n":1,"ok":1}}', Finding(OK, Fault.NONE, 0, 1)),
    (UNSUBSCRIBE, 200, b'{"RC":0,"RM":"OK","result":{"n":0,"ok":1}}', Finding(OK, Fault.NONE, 0, 0)),
    (UNSUBSCRIBE, 200, b'{"RC":0,"result":{"n":2}}', Finding(OK, Fault.NONE, 0, 2)),
    (UNSUBSCRIBE, 200, b'{"RC":0,"result":{"n":70000}}', Finding(OK, Fault.NONE, 0, 32767)),
    (SUBSCRIBE, 201, b'{"RC":0,"result":{}}', Finding(OK, Fault.NONE, 0)),
    (PUSH, 200, b'{"RC":0,"RM":"OK","result":{}}', Finding(OK, Fault.NONE, 0)),
    (PUSH, 200, b'{"RC":0,"result":{"n":3}}', Finding(OK, Fault.NONE, 0)),
    # acknowledged, though the result is not what the page documents
    (SUBSCRIBE, 200, b'{"RC":0,"RM":"OK"}', Finding(OK, Fault.BREACH_SHAPE, 0)),
    (SUBSCRIBE, 200, b'{"RC":0,"result":null}', Finding(OK, Fault.BREACH_SHAPE, 0)),
    (SUBSCRIBE, 200, b'{"RC":0,"result":[]}', Finding(OK, Fault.BREACH_SHAPE, 0)),
    (UNSUBSCRIBE, 200, b'{"RC":0,"result":{}}', Finding(OK, Fault.BREACH_SHAPE, 0)),
    (UNSUBSCRIBE, 200, b'{"RC":0,"result":{"n":"1"}}', Finding(OK, Fault.BREACH_SHAPE, 0)),
    (UNSUBSCRIBE, 200, b'{"RC":0,"result":{"n":true}}', Finding(OK, Fault.BREACH_SHAPE, 0)),
    (UNSUBSCRIBE, 200, b'{"RC":0,"result":{"n":1.0}}', Finding(OK, Fault.BREACH_SHAPE, 0)),
    (UNSUBSCRIBE, 200, b'{"RC":0,"result":{"n":-1}}', Finding(OK, Fault.BREACH_SHAPE, 0)),
    (PUSH, 200, b'{"RC":0,"RM":"OK"}', Finding(OK, Fault.BREACH_SHAPE, 0)),
    # 2xx, but not acknowledged
    (SUBSCRIBE, 200, b'{"RC":500,"RM":"oops"}', Finding(INFO, Fault.BREACH_RC, 500)),
    (SUBSCRIBE, 200, b'{"RC":-1}', Finding(INFO, Fault.BREACH_RC, -1)),
    (SUBSCRIBE, 200, INVALID_TOKEN, Finding(INFO, Fault.BREACH_RC, 401)),
    (UNSUBSCRIBE, 200, b'{"RC":1,"result":{"n":1}}', Finding(INFO, Fault.BREACH_RC, 1)),
    (SUBSCRIBE, 200, b'{"RC":false,"result":{}}', Finding(INFO, Fault.BREACH_SHAPE)),
    (SUBSCRIBE, 200, b'{"RC":"0","result":{}}', Finding(INFO, Fault.BREACH_SHAPE)),
    (SUBSCRIBE, 200, b'{"RC":0.0,"result":{}}', Finding(INFO, Fault.BREACH_SHAPE)),
    (SUBSCRIBE, 200, b'{"RC":4294967296,"result":{}}', Finding(INFO, Fault.BREACH_SHAPE)),
    (SUBSCRIBE, 200, b'{"RM":"OK","result":{}}', Finding(INFO, Fault.BREACH_SHAPE)),
    (SUBSCRIBE, 200, b"{}", Finding(INFO, Fault.BREACH_SHAPE)),
    (SUBSCRIBE, 200, b"", Finding(INFO, Fault.BREACH_SHAPE)),
    (SUBSCRIBE, 200, b"OK", Finding(INFO, Fault.BREACH_SHAPE)),
    (SUBSCRIBE, 200, b'[{"RC":0}]', Finding(INFO, Fault.BREACH_SHAPE)),
    (SUBSCRIBE, 200, b'{"RC":0,"result":{}', Finding(INFO, Fault.BREACH_SHAPE)),
    (SUBSCRIBE, 204, b"", Finding(INFO, Fault.BREACH_SHAPE)),
]

REFUSED = [
    (401, INVALID_TOKEN, Finding(FAIL, Fault.UNAUTHORIZED, 401)),
    (401, b'{"RC":401,"RM":"Unauthorized"}', Finding(FAIL, Fault.UNAUTHORIZED, 401)),
    (401, b'{"error":"INVALID_TOKEN","message":"no"}', Finding(FAIL, Fault.UNAUTHORIZED)),
    # a bad key is the caller's, not the contract's
    (403, BAD_KEY, Finding(FAIL, Fault.KEY_REFUSED)),
    (401, b'{"error":"MISSING_API_KEY","message":"no"}', Finding(FAIL, Fault.KEY_REFUSED)),
    (401, b'{"RC":401,"error":{"code":"INVALID_API_KEY"}}', Finding(FAIL, Fault.KEY_REFUSED, 401)),
    # nothing was wrong with what we sent
    (400, MISSING, Finding(FAIL, Fault.BREACH_STATUS, 400)),
    (404, NO_CLIENT, Finding(FAIL, Fault.BREACH_STATUS, 404)),
    (403, b'{"RC":403,"error":{"code":"PERMISSION_DENIED"}}', Finding(FAIL, Fault.BREACH_STATUS, 403)),
    (400, b'{"RC":-1,"RM":"Bad Request"}', Finding(FAIL, Fault.BREACH_STATUS, -1)),
    # no shape of a refusal: who knows what was done
    (401, b"<html>Unauthorized</html>", Finding(INFO, Fault.BREACH_SHAPE)),
    (401, b"", Finding(INFO, Fault.BREACH_SHAPE)),
    (401, b'{"RC":0,"RM":"OK","result":{}}', Finding(INFO, Fault.BREACH_SHAPE, 0)),
    (404, b'{"RC":404,"error":{"message":"no code"}}', Finding(INFO, Fault.BREACH_SHAPE, 404)),
    (404, b'{"error":{"code":"CLIENT_NOT_FOUND"}}', Finding(INFO, Fault.BREACH_SHAPE)),
    (400, b'{"RC":0,"error":"INVALID_TOKEN"}', Finding(INFO, Fault.BREACH_SHAPE, 0)),
    (400, b'{"RC":400,"error":7}', Finding(INFO, Fault.BREACH_SHAPE, 400)),
    # the limit, the server's own trouble, and what the page does not know
    (429, LIMITED, Finding(FAIL, Fault.RATE_LIMITED, retry_after=60.0)),
    (429, b"<html>", Finding(FAIL, Fault.RATE_LIMITED)),
    (500, b'{"RC":500,"RM":"oops"}', Finding(INFO, Fault.SERVER_ERROR, 500)),
    (502, b"<html>Bad Gateway</html>", Finding(INFO, Fault.SERVER_ERROR)),
    (503, b'{"RC":0,"result":{}}', Finding(INFO, Fault.SERVER_ERROR, 0)),
    (407, b"", Finding(INFO, Fault.PROXY)),
    (408, b"", Finding(INFO, Fault.GAVE_UP)),
    (409, b'{"RC":409,"RM":"Conflict"}', Finding(INFO, Fault.BREACH_STATUS, 409)),
    (413, b"", Finding(INFO, Fault.BREACH_STATUS)),
    (301, b"", Finding(INFO, Fault.BREACH_REDIRECT)),
    (304, b"", Finding(INFO, Fault.BREACH_REDIRECT)),
    (99, b"", Finding(INFO, Fault.BREACH_STATUS)),
    (600, b"", Finding(INFO, Fault.BREACH_STATUS)),
]

NEEDS_PARAMETER = Refusal(400, "MISSING_PARAMETER")
NEEDS_TOKEN = Refusal(401, "INVALID_TOKEN")

EXPECTED = [
    (NEEDS_PARAMETER, 400, MISSING, Finding(FAIL, Fault.NONE, 400)),
    (NEEDS_TOKEN, 401, INVALID_TOKEN, Finding(FAIL, Fault.NONE, 401)),
    (Refusal(400), 400, MISSING, Finding(FAIL, Fault.NONE, 400)),
    (NEEDS_PARAMETER, 400, b'{"RC":400,"RM":"Bad Request"}', Finding(FAIL, Fault.NONE, 400)),
    (NEEDS_PARAMETER, 400, b'{"error":"MISSING_PARAMETER","message":""}', Finding(FAIL, Fault.NONE)),
    (Refusal(403, "INVALID_CLIENT_KEY"), 403, BAD_KEY, Finding(FAIL, Fault.NONE)),
    # another refusal than the one due
    (NEEDS_PARAMETER, 400, b'{"RC":400,"error":{"code":"INVALID_PARAMETER"}}', Finding(FAIL, Fault.BREACH_CODE, 400)),
    (NEEDS_TOKEN, 400, MISSING, Finding(FAIL, Fault.BREACH_STATUS, 400)),
    (NEEDS_PARAMETER, 404, NO_CLIENT, Finding(FAIL, Fault.BREACH_STATUS, 404)),
    (NEEDS_PARAMETER, 401, INVALID_TOKEN, Finding(FAIL, Fault.UNAUTHORIZED, 401)),
    (NEEDS_TOKEN, 403, BAD_KEY, Finding(FAIL, Fault.KEY_REFUSED)),
    (NEEDS_PARAMETER, 400, b"Bad Request", Finding(INFO, Fault.BREACH_SHAPE)),
    # a 200 where a refusal is due
    (NEEDS_TOKEN, 200, b'{"RC":0,"RM":"OK","result":{}}', Finding(OK, Fault.BREACH_STATUS, 0)),
    (NEEDS_TOKEN, 200, INVALID_TOKEN, Finding(INFO, Fault.BREACH_STATUS, 401)),
    (NEEDS_TOKEN, 200, b"", Finding(INFO, Fault.BREACH_STATUS)),
    # trouble and limits are no breach here either
    (NEEDS_TOKEN, 500, b"", Finding(INFO, Fault.SERVER_ERROR)),
    (NEEDS_TOKEN, 429, LIMITED, Finding(FAIL, Fault.RATE_LIMITED, retry_after=60.0)),
]


@pytest.mark.parametrize(("call", "status", "body", "finding"), ACCEPTED)
def test_ok_is_2xx_and_rc_0_and_nothing_else(call: Call, status: int, body: bytes, finding: Finding) -> None:
    assert judge(call, status, {}, body) == finding


@pytest.mark.parametrize("call", Call)
@pytest.mark.parametrize(("status", "body", "finding"), REFUSED)
def test_only_a_documented_refusal_is_without_effect(call: Call, status: int, body: bytes, finding: Finding) -> None:
    assert judge(call, status, {}, body) == finding


@pytest.mark.parametrize(("expect", "status", "body", "finding"), EXPECTED)
def test_a_request_that_is_wrong_on_purpose_must_be_refused_as_documented(
    expect: Refusal, status: int, body: bytes, finding: Finding
) -> None:
    assert judge(SUBSCRIBE, status, {}, body, expect) == finding


def test_an_unsubscribe_accepted_where_a_refusal_is_due_still_tells_how_many_rows_went() -> None:
    finding = judge(UNSUBSCRIBE, 200, {}, b'{"RC":0,"result":{"n":1}}', NEEDS_TOKEN)
    assert finding == Finding(OK, Fault.BREACH_STATUS, 0, 1)


def test_the_header_of_a_rate_limit_is_honoured() -> None:
    assert judge(SUBSCRIBE, 429, {b"retry-after": b"5"}, LIMITED).retry_after == 5.0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (INVALID_TOKEN, "INVALID_TOKEN"),
        (BAD_KEY, "INVALID_CLIENT_KEY"),
        (b'{"RC":403,"RM":"Forbidden"}', ""),
        (b'{"RM":"Forbidden"}', None),
    ],
)
def test_the_three_shapes_of_a_refusal_are_known(body: bytes, code: str | None) -> None:
    assert error_code(json_object(body)) == code


_FIELDS = st.sampled_from(["RC", "RM", "error", "result", "n", "code", "retryAfter"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_FIELDS, inner, max_size=4),
    max_leaves=8,
)


@given(
    call=st.sampled_from(Call),
    status=st.integers(0, 999),
    body=st.binary(max_size=20) | _JSON.map(lambda value: json.dumps(value).encode()),
    retry=st.binary(max_size=30),
    expect=st.none() | st.just(NEEDS_TOKEN),
)
def test_nothing_a_server_says_raises_and_only_2xx_with_rc_0_is_ok(
    call: Call, status: int, body: bytes, retry: bytes, expect: Refusal | None
) -> None:
    finding = judge(call, status, {b"retry-after": retry, b"date": retry}, body, expect)
    assert (finding.outcome is OK) == (200 <= status < 300 and finding.rc == 0)
    assert -(2**31) <= finding.rc < 2**31
    assert -1 <= finding.rows < 2**15
