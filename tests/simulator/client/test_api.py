import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field

import orjson
import pytest

from simulator.client.answer import Answer, Pushed, PushEntry
from simulator.client.api import Client
from simulator.client.contract import Refusal
from simulator.client.issuing import IssuedToken, RateLimited
from simulator.client.outcome import Fault, Outcome
from simulator.client.transport import (
    ConnectTimeout,
    CutOff,
    Malformed,
    NoSocket,
    Refused,
    Request,
    Reset,
    Response,
    TimedOut,
    TlsFailed,
    TooLarge,
    TransportError,
    Unreachable,
    Unresolved,
)
from simulator.errors import PushfleetError, UsageError

OK = Response(200, {}, b'{"RC":0,"RM":"OK","result":{}}')
REMOVED = Response(200, {}, b'{"RC":0,"RM":"OK","result":{"n":1,"ok":1}}')
ENTRY = Response(
    200,
    {},
    b'{"RC":0,"RM":"OK","result":{"_id":9,"selected":3,"attempted":3,"delivered":1,"failed":2,"pruned":1,"closed":true}}',
)
LIMITED = Response(429, {b"retry-after": b"7"}, b'{"error":"RATE_LIMIT_EXCEEDED","message":"slow down"}')


@dataclass
class Wire:
    """A transport that answers as told, and notes what it was given and when."""

    answer: Response | TransportError = field(default_factory=lambda: OK)
    clock: Callable[[], int] = field(default_factory=lambda: itertools.count(100, 10).__next__)
    requests: list[Request] = field(default_factory=list)
    times: list[int] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        self.times.append(self.clock())
        if isinstance(self.answer, TransportError):
            raise self.answer
        return self.answer

    def client(self) -> Client:
        return Client(self, client_key="client-key", api_key="api-key", clock=self.clock)


def test_a_subscribe_is_the_documented_request() -> None:
    wire = Wire()
    wire.client().subscribe(b"client-token", "ios", "push-token", "device-1")
    (request,) = wire.requests
    assert (request.method, request.path) == ("POST", "/me/subscribe")
    assert request.headers.split(b"\r\n") == [
        b"Content-Type: application/json; charset=utf-8",
        b"Accept-Encoding: gzip",
        b"User-Agent: pushfleet",
        b"IM-CLIENT-KEY: client-key",
        b"IM-Authorization: client-token",
        b"",
    ]
    assert orjson.loads(request.body) == {"type": "ios", "token": "push-token", "deviceId": "device-1"}


def test_an_unsubscribe_is_the_documented_request() -> None:
    wire = Wire(REMOVED)
    answer = wire.client().unsubscribe(b"client-token", "ios-voip", "device-1")
    (request,) = wire.requests
    assert (request.method, request.path) == ("POST", "/me/unsubscribe")
    assert b"\r\nIM-Authorization: client-token\r\n" in request.headers
    assert orjson.loads(request.body) == {"type": "ios-voip", "deviceId": "device-1"}
    assert answer.rows == 1


def test_the_platform_speaks_with_its_api_key_alone_and_names_the_client() -> None:
    wire = Wire()
    wire.client().subscribe(None, "fcm", "push-token", "device-1", client_id="alice")
    (request,) = wire.requests
    assert b"\r\nIM-API-KEY: api-key\r\n" in request.headers
    assert b"IM-CLIENT-KEY" not in request.headers
    assert b"IM-Authorization" not in request.headers
    assert orjson.loads(request.body)["clientId"] == "alice"


def test_the_api_key_never_travels_with_a_persons_call() -> None:
    wire = Wire()
    wire.client().subscribe(b"client-token", "ios", "push-token", "device-1")
    assert b"api-key" not in wire.requests[0].headers + wire.requests[0].body


def test_a_field_that_is_none_is_left_out() -> None:
    wire = Wire(Response(400, {}, b'{"RC":400,"error":{"code":"MISSING_PARAMETER"}}'))
    due = Refusal(400, "MISSING_PARAMETER")
    answer = wire.client().subscribe(b"client-token", "ios", None, "device-1", expect=due)
    assert orjson.loads(wire.requests[0].body) == {"type": "ios", "deviceId": "device-1"}
    assert (answer.outcome, answer.fault) == (Outcome.FAIL, Fault.NONE)


def test_without_a_client_token_there_is_no_authorization() -> None:
    wire = Wire()
    wire.client().unsubscribe(None, "ios", "device-1", expect=Refusal(401))
    assert b"IM-Authorization" not in wire.requests[0].headers


@pytest.mark.parametrize("device_id", [" Ä-x ", 'a"b\\c', "\u2028", "日本", "x" * 5000])
def test_a_device_id_arrives_exactly_as_it_is(device_id: str) -> None:
    wire = Wire()
    wire.client().subscribe(b"client-token", "ios", "push-token", device_id)
    assert orjson.loads(wire.requests[0].body)["deviceId"] == device_id


def test_an_answer_is_stamped_before_sending_and_after_parsing() -> None:
    wire = Wire()
    answer = wire.client().subscribe(b"client-token", "ios", "push-token", "device-1")
    assert answer == Answer(Outcome.OK, Fault.NONE, 200, 0, -1, sent=100, done=120)
    assert wire.times == [110]


def test_a_rate_limit_says_how_long_to_wait() -> None:
    answer = Wire(LIMITED).client().unsubscribe(b"client-token", "ios", "device-1")
    assert answer == Answer(Outcome.FAIL, Fault.RATE_LIMITED, 429, -1, -1, sent=100, done=120, retry_after=7.0)


@pytest.mark.parametrize(
    ("error", "outcome", "fault"),
    [
        (Refused, Outcome.FAIL, Fault.REFUSED),
        (Unresolved, Outcome.FAIL, Fault.UNRESOLVED),
        (Unreachable, Outcome.FAIL, Fault.UNREACHABLE),
        (ConnectTimeout, Outcome.FAIL, Fault.CONNECT_TIMEOUT),
        (TlsFailed, Outcome.FAIL, Fault.TLS),
        (NoSocket, Outcome.FAIL, Fault.NO_SOCKET),
        (TimedOut, Outcome.INFO, Fault.TIMEOUT),
        (Reset, Outcome.INFO, Fault.RESET),
        (CutOff, Outcome.INFO, Fault.CUT_OFF),
        (TooLarge, Outcome.INFO, Fault.TOO_LARGE),
        (Malformed, Outcome.INFO, Fault.MALFORMED),
    ],
)
def test_only_what_never_left_is_a_fail(error: type[TransportError], outcome: Outcome, fault: Fault) -> None:
    wire = Wire(error("what happened"))
    answer = wire.client().subscribe(b"client-token", "ios", "push-token", "device-1")
    assert answer == Answer(outcome, fault, 0, -1, -1, sent=100, done=120)
    assert len(wire.requests) == 1


@pytest.mark.parametrize("key", ["", "s3cret\r\nX: y", " s3cret", "s3crét", "s3\x00cret"])
def test_a_key_that_no_header_can_carry_is_refused_and_not_shown(key: str) -> None:
    for keys in ({"client_key": key}, {"client_key": "k", "api_key": key}):
        with pytest.raises(UsageError) as error:
            Client(Wire(), **keys)  # type: ignore[arg-type]  # mypy takes `clock` for one of the keys
        assert "s3" not in str(error.value)
        assert re.search(r"--(client|api)-key or PUSHFLEET_(CLIENT|API)_KEY", str(error.value))


@pytest.mark.parametrize("token", [b"s3cret\r\nX: y", b"s3cret\nX: y", b"s3cret\rX: y"])
def test_a_client_token_with_a_line_break_is_not_sent_and_not_shown(token: bytes) -> None:
    wire = Wire()
    with pytest.raises(UsageError) as error:
        wire.client().subscribe(token, "ios", "push-token", "device-1")
    assert "s3cret" not in str(error.value)
    assert wire.requests == []


def test_a_call_that_needs_the_api_key_names_the_option() -> None:
    client = Client(Wire(), client_key="client-key")
    with pytest.raises(UsageError, match=re.escape("--api-key")):
        client.issue_token("alice", "Alice")
    with pytest.raises(UsageError, match="PUSHFLEET_API_KEY"):
        client.unsubscribe(None, "ios", "device-1", client_id="alice")


def test_a_token_is_issued_by_the_documented_request() -> None:
    wire = Wire(Response(200, {}, b'{"RC":0,"result":{"token":"a.b.c","expirationDate":"2026-12-01T00:00:00.000Z"}}'))
    assert wire.client().issue_token("alice", "Alice") == IssuedToken(b"a.b.c", 1796083200.0)
    (request,) = wire.requests
    assert (request.method, request.path) == ("POST", "/admin/clients")
    assert b"\r\nIM-API-KEY: api-key\r\n" in request.headers
    assert orjson.loads(request.body) == {"_id": "alice", "nickname": "Alice", "issueAccessToken": True}


def test_a_rate_limit_while_issuing_is_raised_with_its_wait() -> None:
    with pytest.raises(RateLimited) as limited:
        Wire(LIMITED).client().issue_token("alice", "Alice")
    assert isinstance(limited.value, PushfleetError)
    assert limited.value.retry_after == 7.0


def test_a_clients_repr_shows_no_key() -> None:
    assert "key" not in repr(Wire().client()).replace("Client", "")


def test_a_push_is_the_documented_request_in_the_platforms_name() -> None:
    wire = Wire(Response(200, {b"im-push-id": b"71"}, b'{"RC":0,"RM":"OK","result":{}}'))
    pushed = wire.client().push(["alice", "bob"], {"alert": "Hello", "badge": 1})
    (request,) = wire.requests
    assert (request.method, request.path) == ("POST", "/push/push2clients")
    assert b"\r\nIM-API-KEY: api-key\r\n" in request.headers
    assert b"IM-CLIENT-KEY" not in request.headers
    assert orjson.loads(request.body) == {"clients": ["alice", "bob"], "payload": {"alert": "Hello", "badge": 1}}
    assert pushed == Pushed(Answer(Outcome.OK, Fault.NONE, 200, 0, -1, sent=100, done=120), 71)


def test_a_push_is_judged_as_other_calls_are() -> None:
    limited = Wire(LIMITED).client().push(["alice"], {"alert": "Hello"})
    assert limited.answer == Answer(Outcome.FAIL, Fault.RATE_LIMITED, 429, -1, -1, sent=100, done=120, retry_after=7.0)
    timed_out = Wire(TimedOut("no answer")).client().push(["alice"], {"alert": "Hello"})
    assert timed_out == Pushed(Answer(Outcome.INFO, Fault.TIMEOUT, 0, -1, -1, sent=100, done=120), 0)
    due = Refusal(400, "MISSING_PARAMETER")
    refused = Wire(Response(400, {}, b'{"RC":400,"error":{"code":"MISSING_PARAMETER"}}')).client()
    assert refused.push([], {}, expect=due).answer.fault is Fault.NONE


@pytest.mark.parametrize("said", [b"", b"-1", b"1.5", b"abc", b"9" * 30, b"9223372036854775808", b"\xd9\xa3"])
def test_a_deployment_that_gives_a_push_no_number_gives_it_none(said: bytes) -> None:
    assert Wire(Response(200, {b"im-push-id": said}, OK.body)).client().push(["alice"], {}).id == 0
    assert Wire().client().push(["alice"], {}).id == 0


def test_rooms_are_made_muted_and_talked_in_by_people() -> None:
    wire = Wire(Response(200, {b"im-push-id": b"71"}, b'{"RC":0,"RM":"OK","result":{"_id":"m"}}'))
    client = wire.client()
    made, muted = client.make_room(b"ann's", "r", ["bob", "cat"]), client.mute(b"bob's", "r")
    said = client.say(b"ann's", "r", "Hello")
    assert [(request.path, orjson.loads(request.body)) for request in wire.requests] == [
        ("/rooms/createAndJoin", {"_id": "r", "invitee": ["bob", "cat"]}),
        ("/me/mute/r", {}),
        ("/messages", {"room": "r", "message": "Hello", "messageType": "text"}),
    ]
    assert all(b"\r\nIM-CLIENT-KEY: client-key\r\n" in request.headers for request in wire.requests)
    assert [request.headers.partition(b"IM-Authorization: ")[2] for request in wire.requests] == [
        *(b"ann's\r\n", b"bob's\r\n", b"ann's\r\n")
    ]
    assert [made.outcome, muted.outcome] == [Outcome.OK, Outcome.OK]
    assert said == Pushed(Answer(Outcome.OK, Fault.NONE, 200, 0, -1, sent=160, done=180), 71)


def test_a_push_needs_the_api_key() -> None:
    wire = Wire()
    with pytest.raises(UsageError, match=re.escape("--api-key")):
        Client(wire, client_key="client-key").push(["alice"], {"alert": "Hello"})
    assert wire.requests == []


def test_the_log_of_a_push_is_asked_for_in_the_platforms_name() -> None:
    wire = Wire(ENTRY)
    assert wire.client().push_entry(9) == PushEntry(3, 3, 1, 2, 1, closed=True)
    (request,) = wire.requests
    assert (request.method, request.path, request.body) == ("GET", "/admin/pushes/9", b"")
    assert b"\r\nIM-API-KEY: api-key\r\n" in request.headers


@pytest.mark.parametrize(
    "answer",
    [
        Response(404, {}, b'{"RC":404,"RM":"Not Found"}'),
        Response(404, ENTRY.headers, ENTRY.body),
        Response(200, {}, b"<html>"),
        Response(200, {}, b'{"RC":0,"result":{}}'),
        Response(200, {}, ENTRY.body.replace(b"true", b'"true"')),
        Response(200, {}, ENTRY.body.replace(b'"selected":3', b'"selected":-3')),
        Response(200, {}, ENTRY.body.replace(b'"failed":2', b'"failed":true')),
        Response(200, {}, ENTRY.body.replace(b'"RC":0', b'"RC":1')),
        LIMITED,
        TimedOut("no answer"),
    ],
)
def test_a_deployment_without_such_a_log_says_nothing(answer: Response | TransportError) -> None:
    assert Wire(answer).client().push_entry(9) is None


def test_a_request_that_is_wrong_on_purpose_says_exactly_what_it_is_told_to() -> None:
    wire = Wire(Response(400, {}, b'{"RC":400,"RM":"Bad Request","error":{"code":"MISSING_PARAMETER","message":"x"}}'))
    due = Refusal(400, "MISSING_PARAMETER")
    first = wire.client().wrong_subscribe(b"mine", {"type": "ios", "token": None, "deviceId": 7}, due)
    second = wire.client().wrong_unsubscribe(b"mine", {"deviceId": ""}, due)
    assert [(one.outcome, one.fault, one.status) for one in (first, second)] == [(Outcome.FAIL, Fault.NONE, 400)] * 2
    assert [(request.path, orjson.loads(request.body)) for request in wire.requests] == [
        ("/me/subscribe", {"type": "ios", "token": None, "deviceId": 7}),
        ("/me/unsubscribe", {"deviceId": ""}),
    ]
    assert b"IM-Authorization: mine\r\n" in wire.requests[0].headers


def test_a_wrong_request_that_is_accepted_is_a_breach() -> None:
    answer = Wire().client().wrong_subscribe(b"mine", {}, Refusal(400))
    assert (answer.outcome, answer.fault) == (Outcome.OK, Fault.BREACH_STATUS)
