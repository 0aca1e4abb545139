"""What the API page allows to be answered to what was sent: a pure judgement, without network or clock.

The rules are those of the recording: OK is 2xx and RC 0, and nothing else; FAIL is a refusal that provably changed
nothing; INFO is everything else. A fault says why, and whether the answer broke the contract. Credentials are never
taken to be good only because we sent them: refusing them is no breach.
"""

from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, Final, NamedTuple

import orjson

from simulator.client.answer import NO_RC, NO_ROWS
from simulator.client.outcome import Fault, Outcome
from simulator.client.retry import retry_after
from simulator.client.transport import Response

# Only answers with these and the shape of a refusal say for certain that nothing was changed.
_REFUSALS: Final = frozenset({400, 401, 403, 404})
_KEY_CODES: Final = frozenset({"INVALID_CLIENT_KEY", "INVALID_API_KEY", "MISSING_API_KEY"})

_TOO_MANY: Final = 429  # of its answers alone the headers count
_NOT_READ: Final[Mapping[bytes, bytes]] = {}
_SHORT: Final = 256  # bytes of a body that is worth remembering
_RC_BOUND: Final = 2**31  # the journal's columns: RC has 32 bits, rows has 16
_MOST_ROWS: Final = 2**15 - 1


class Call(Enum):
    """What was asked, since the calls' results differ in shape."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    PUSH = "push"

    __hash__ = object.__hash__  # Enum's own is written in Python, and every answer is looked up by its call


class Refusal(NamedTuple):
    """The refusal due to a request that is wrong on purpose, such as `Refusal(400, "MISSING_PARAMETER")`.

    An empty code stands for any. An answer in the old shape carries no code, and matches by its status.
    """

    status: int
    code: str = ""


class Finding(NamedTuple):
    """What an answer comes to."""

    outcome: Outcome
    fault: Fault
    rc: int = NO_RC
    rows: int = NO_ROWS
    retry_after: float = 0.0


_ACCEPTED: Final = Finding(Outcome.OK, Fault.NONE, 0)


def judged(call: Call, response: Response, expect: Refusal | None) -> Finding:
    """`judge` of a response, whose headers are read only where they tell something: that takes as long as all else."""
    headers = response.headers if response.status == _TOO_MANY else _NOT_READ
    return judge(call, response.status, headers, response.body, expect)


def judge(
    call: Call, status: int, headers: Mapping[bytes, bytes], body: bytes, expect: Refusal | None = None
) -> Finding:
    """Judge an answer's status, headers (lower-case names) and body, where `expect` is due, or success if None.

    Raises nothing, whatever the server said.
    """
    if 200 <= status < 300:
        return _accepted_again(call, body, expect) if len(body) <= _SHORT else _accepted(call, body, expect)
    document = json_object(body)
    number = return_code(document)
    rc = NO_RC if number is None else number
    if status == _TOO_MANY:
        return Finding(Outcome.FAIL, Fault.RATE_LIMITED, rc, retry_after=retry_after(headers, document))
    if status in _REFUSALS:
        return Finding(*_refused(status, document, expect), rc)
    return Finding(Outcome.INFO, _undocumented(status), rc)


def error_code(document: Mapping[str, Any]) -> str | None:
    """Return the error code of a refusal, "" for the old shape that has none, None if it is no refusal's shape.

    Three shapes are in the wild: `{RC, RM, error: {code, message}}`, `{error, message}`, `{RC, RM}`.
    """
    error = document.get("error")
    if isinstance(error, dict):
        code = error.get("code")
        return code if isinstance(code, str) and return_code(document) not in {0, None} else None
    if isinstance(error, str):
        return error if "RC" not in document or return_code(document) not in {0, None} else None
    return "" if error is None and return_code(document) not in {0, None} else None


def json_object(body: bytes) -> dict[str, Any]:
    """Return the body's JSON object; {} stands for anything else, since no documented answer is empty."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def return_code(document: Mapping[str, Any]) -> int | None:
    """Return the RC of an answer, None if it has none that is a number of 32 bits."""
    rc = document.get("RC")
    # By exact type: JSON's true would pass for 1, and false for 0.
    return rc if type(rc) is int and -_RC_BOUND <= rc < _RC_BOUND else None


def _accepted(call: Call, body: bytes, expect: Refusal | None) -> Finding:
    document = json_object(body)
    rc = return_code(document)
    if rc is None:
        return Finding(Outcome.INFO, Fault.BREACH_SHAPE if expect is None else Fault.BREACH_STATUS)
    if rc != 0:
        return Finding(Outcome.INFO, Fault.BREACH_RC if expect is None else Fault.BREACH_STATUS, rc)
    # From here on the write is acknowledged, whatever else is wrong: it has to be there afterwards.
    rows, well_shaped = _result(call, document.get("result"))
    if expect is not None:
        return Finding(Outcome.OK, Fault.BREACH_STATUS, 0, rows)
    if not well_shaped:
        return Finding(Outcome.OK, Fault.BREACH_SHAPE, 0)
    return Finding(Outcome.OK, Fault.NONE, 0, rows) if call is Call.UNSUBSCRIBE else _ACCEPTED


# A server says the same few things again and again, and a judgement of them takes longer than a request's way to it.
_accepted_again = lru_cache(maxsize=256)(_accepted)


def _result(call: Call, result: object) -> tuple[int, bool]:
    """Return an unsubscribe's `n` or NO_ROWS, and whether the result has its documented shape."""
    if not isinstance(result, dict):
        return NO_ROWS, False
    if call is not Call.UNSUBSCRIBE:
        return NO_ROWS, True
    n = result.get("n")
    return (min(n, _MOST_ROWS), True) if type(n) is int and n >= 0 else (NO_ROWS, False)


def _refused(status: int, document: Mapping[str, Any], expect: Refusal | None) -> tuple[Outcome, Fault]:
    code = error_code(document)
    if code is None:
        return Outcome.INFO, Fault.BREACH_SHAPE
    if expect is not None and status == expect.status and (code == expect.code or not code or not expect.code):
        return Outcome.FAIL, Fault.NONE
    if code in _KEY_CODES:
        return Outcome.FAIL, Fault.KEY_REFUSED
    if expect is not None and status == expect.status:
        return Outcome.FAIL, Fault.BREACH_CODE
    return Outcome.FAIL, Fault.UNAUTHORIZED if status == 401 else Fault.BREACH_STATUS


def _undocumented(status: int) -> Fault:
    if 500 <= status < 600:
        return Fault.SERVER_ERROR
    if 300 <= status < 400:
        return Fault.BREACH_REDIRECT
    if status == 407:  # only a proxy on the way may say so (RFC 9110, section 15.5.8): it is no word of the server's
        return Fault.PROXY
    return Fault.GAVE_UP if status == 408 else Fault.BREACH_STATUS
