"""Google's errors, each on a request that is wrong in one way: whose fault it is decides whether a token is kept."""

from itertools import combinations
from typing import Any

import orjson
import pytest

from simulator.gateways.delivery import Delivery, Provider, Topic
from simulator.gateways.fcm import FcmJudge
from simulator.gateways.reasons import REASONS
from simulator.gateways.request import Judged, Request
from simulator.gateways.standing import Registry
from simulator.tokens import Provenance, PushType, mint
from simulator.tokens.mark import Mark
from tests.simulator.gateways.fields import Fields
from tests.simulator.gateways.trusted import NOW, OURS, THEIRS, TRUST, Clock, Dead, Given

WRITE, OLD = Provenance(1, 1, 7, 0, PushType.FCM, 1), Provenance(1, 1, 8, 0, PushType.ANDROID, 1)
TOKEN, FID = mint(WRITE, form="fcm-163"), mint(WRITE, form="fid")
FCM, BAD = "type.googleapis.com/google.firebase.fcm.v1.FcmError", "type.googleapis.com/google.rpc.BadRequest"
QUOTA = "type.googleapis.com/google.rpc.QuotaFailure"


def judging(*, dead: bool = False, most_per_minute: int = 0) -> FcmJudge:
    registry = (Dead if dead else Registry)(None, 0.0, Clock())
    return FcmJudge(TRUST, registry, Given(), Clock(), most_per_minute=most_per_minute)


def request(
    body: object, *, project: str = OURS, bearer: str | None = f"Bearer {OURS}", method: str = "POST", path: str = ""
) -> Request:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    fields = Fields({} if bearer is None else {"authorization": bearer})
    return Request(method, path or f"/v1/projects/{project}/messages:send", fields, raw, "1")


def judge(body: object, *, dead: bool = False, **changed: str | None) -> Judged:
    return judging(dead=dead).judge(request(body, **changed))  # type: ignore[arg-type]  # bearer alone may be None


def to(token: str = TOKEN, **other: object) -> dict[str, Any]:
    """A request to send to a token."""
    return {"message": {"token": token, **other}}


def told(judged: Judged) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, code, and each detail's type with its error code or field."""
    error = orjson.loads(judged.answer.body)["error"]
    assert error["code"] == judged.answer.status
    assert error["message"]
    return judged.answer.status, error["status"], [_detail(one) for one in error.get("details", [])]


def _detail(one: dict[str, Any]) -> tuple[str, str]:
    if one["@type"] == BAD:
        return BAD, one["fieldViolations"][0].get("field", "")
    return one["@type"], one.get("errorCode", "")


@pytest.mark.parametrize(
    ("target", "write"),
    [
        ({"token": TOKEN}, WRITE),
        ({"token": mint(WRITE, form="fcm-142")}, WRITE),
        ({"fid": FID}, WRITE),
        ({"token": mint(OLD, form="gcm-140")}, OLD),
        ({"token": mint(OLD, form="gcm-162")}, OLD),
    ],
)
def test_a_message_is_accepted_and_journaled_for_its_register(target: dict[str, str], write: Provenance) -> None:
    shown = {"notification": {"body": f"Hello {Mark(1, 5, 99).text}"}}
    judged = judge({"message": {**target, **shown}})
    name = f"projects/ours/messages/0:{int(NOW * 1_000_000)}%0000000000000001"
    assert (judged.answer.status, orjson.loads(judged.answer.body)) == (200, {"name": name})
    assert judged.delivery == Delivery(
        provider=Provider.FCM,
        topic=Topic.MESSAGE,
        status=200,
        reason=0,
        push_type=0,
        fleet=1,
        owner=5,
        sent=99,
        register=write.register,
        value=write.value,
        origin=write.register,
        received=0,
        answered=0,
    )


def test_each_message_has_a_name_of_its_own() -> None:
    judged = judging()
    names = [orjson.loads(judged.judge(request(to())).answer.body)["name"] for _ in range(3)]
    assert len(set(names)) == 3


MALFORMED = (400, "INVALID_ARGUMENT", [(FCM, "INVALID_ARGUMENT")])


def wrong_field(field: str) -> tuple[int, str, list[tuple[str, str]]]:
    return 400, "INVALID_ARGUMENT", [(BAD, field)]


# In the order of the checks; the reason is the journal's.
WRONG: list[tuple[dict[str, Any], tuple[int, str, list[tuple[str, str]]], str]] = [
    ({"bearer": None}, (401, "UNAUTHENTICATED", []), "UNAUTHENTICATED"),
    ({"bearer": "Bearer "}, (401, "UNAUTHENTICATED", []), "UNAUTHENTICATED"),
    ({"bearer": f"Basic {OURS}"}, (401, "UNAUTHENTICATED", []), "UNAUTHENTICATED"),
    ({"bearer": "Bearer nobody"}, (401, "UNAUTHENTICATED", []), "UNAUTHENTICATED"),
    ({"bearer": f"Bearer {THEIRS}"}, (403, "PERMISSION_DENIED", []), "PERMISSION_DENIED"),
    ({"body": to(dada={})}, wrong_field("message"), "BAD_REQUEST"),
    ({"body": to(data={"n": 1})}, wrong_field("message.data[0].value"), "BAD_REQUEST"),
    ({"body": to(data={"text": "x" * 5000})}, wrong_field("message"), "BAD_REQUEST"),
    ({"body": to(data={"from": "x"})}, wrong_field("message.data"), "BAD_REQUEST"),
    ({"body": {**to(), "massage": {}}}, wrong_field(""), "BAD_REQUEST"),
    ({"body": to(fid=FID)}, wrong_field("message"), "BAD_REQUEST"),
    ({"body": to(topic="news")}, wrong_field("message"), "BAD_REQUEST"),
    ({"body": to("made up")}, MALFORMED, "INVALID_ARGUMENT"),
    ({"body": to("")}, MALFORMED, "INVALID_ARGUMENT"),
    ({"body": to("null")}, MALFORMED, "INVALID_ARGUMENT"),
    ({"body": to(TOKEN[:-1])}, MALFORMED, "INVALID_ARGUMENT"),
    ({"body": to(TOKEN.lower())}, MALFORMED, "INVALID_ARGUMENT"),
    ({"body": to(FID)}, MALFORMED, "INVALID_ARGUMENT"),
    ({"body": {"message": {"fid": TOKEN}}}, MALFORMED, "INVALID_ARGUMENT"),
    ({"body": to(mint(Provenance(1, 1, 7, 0, PushType.IOS, 1)))}, MALFORMED, "INVALID_ARGUMENT"),
    ({"body": to(mint(Provenance(1, 1, 7, 0, PushType.WEB, 1)))}, MALFORMED, "INVALID_ARGUMENT"),
    (
        {"project": THEIRS, "bearer": f"Bearer {THEIRS}"},
        (403, "PERMISSION_DENIED", [(FCM, "SENDER_ID_MISMATCH")]),
        "SENDER_ID_MISMATCH",
    ),
    ({"dead": True}, (404, "NOT_FOUND", [(FCM, "UNREGISTERED")]), "UNREGISTERED"),
]


@pytest.mark.parametrize(("wrong", "expected", "reason"), WRONG)
def test_each_fault_has_its_error_and_the_push_is_kept_as_refused(
    wrong: dict[str, Any], expected: tuple[int, str, list[tuple[str, str]]], reason: str
) -> None:
    judged = judge(**{"body": to(), **wrong})
    assert told(judged) == expected
    assert judged.delivery is not None
    assert (judged.delivery.status, REASONS[judged.delivery.reason]) == (expected[0], reason)


NOBODY: list[tuple[dict[str, Any], tuple[int, str, list[tuple[str, str]]]]] = [
    ({"method": "GET"}, (404, "NOT_FOUND", [])),
    ({"path": "/v1/projects/ours/messages"}, (404, "NOT_FOUND", [])),
    ({"path": "/v1/projects//messages:send"}, (404, "NOT_FOUND", [])),
    ({"path": "/"}, (404, "NOT_FOUND", [])),
    ({"body": b"no JSON"}, (400, "INVALID_ARGUMENT", [])),
    ({"body": b"\xff"}, (400, "INVALID_ARGUMENT", [])),
    ({"body": []}, (400, "INVALID_ARGUMENT", [])),
    ({"body": {}}, wrong_field("message")),
    ({"body": {"message": []}}, wrong_field("message")),
    ({"body": {"message": {}}}, wrong_field("message")),
    ({"body": {"message": {"token": None}}}, wrong_field("message")),
    ({"body": {"message": {"token": 5}}}, wrong_field("message.token")),
    ({"body": {"message": {"topic": "news"}}}, wrong_field("message.topic")),
    ({"body": {"message": {"condition": "'a' in topics"}}}, wrong_field("message.condition")),
]


@pytest.mark.parametrize(("wrong", "expected"), NOBODY)
def test_a_request_that_names_no_token_is_refused_and_no_push(
    wrong: dict[str, Any], expected: tuple[int, str, list[tuple[str, str]]]
) -> None:
    judged = judge(**{"body": to(), **wrong})
    assert told(judged) == expected
    assert judged.delivery is None


FIRST: list[tuple[str, dict[str, Any]]] = [
    ("NOT_FOUND", {"path": "/"}),
    ("UNAUTHENTICATED", {"bearer": None}),
    (BAD, {"other": {"dada": 1}}),
    ("INVALID_ARGUMENT", {"token": "made up"}),
    ("SENDER_ID_MISMATCH", {"project": THEIRS, "bearer": f"Bearer {THEIRS}"}),
    ("UNREGISTERED", {"dead": True}),
]


@pytest.mark.parametrize(("first", "second"), list(combinations(FIRST, 2)))
def test_of_two_faults_the_earlier_check_tells(
    first: tuple[str, dict[str, Any]], second: tuple[str, dict[str, Any]]
) -> None:
    both = {**second[1], **first[1]}
    body = to(both.pop("token", TOKEN), **both.pop("other", {}))
    _, code, details = told(judge(body, **both))
    assert first[0] in (code, *(word for detail in details for word in detail))


def test_googles_own_two_examples_are_answered_to_the_letter() -> None:
    text = "Invalid value at 'message.data[0].value' (TYPE_STRING), 12"
    assert orjson.loads(judge(to(data={"n": 12})).answer.body) == {
        "error": {
            "code": 400,
            "message": text,
            "status": "INVALID_ARGUMENT",
            "details": [{"@type": BAD, "fieldViolations": [{"field": "message.data[0].value", "description": text}]}],
        }
    }
    assert orjson.loads(judge(to("made up")).answer.body) == {
        "error": {
            "code": 400,
            "message": "The registration token is not a valid FCM registration token",
            "status": "INVALID_ARGUMENT",
            "details": [{"@type": FCM, "errorCode": "INVALID_ARGUMENT"}],
        }
    }


def test_a_dry_run_is_judged_and_reaches_nobody() -> None:
    judged = judge({**to(), "validate_only": True})
    assert orjson.loads(judged.answer.body) == {"name": "projects/ours/messages/fake_message_id"}
    assert judged.delivery is None
    dead = judge({**to(), "validateOnly": True}, dead=True)
    assert told(dead) == (404, "NOT_FOUND", [(FCM, "UNREGISTERED")])
    assert dead.delivery is None


def test_a_device_has_a_quota_if_it_is_asked_to_and_is_told_how_long_to_wait() -> None:
    judged = judging(most_per_minute=2)
    answers = [judged.judge(request(to())) for _ in range(3)]
    assert [found.answer.status for found in answers] == [200, 200, 429]
    assert told(answers[2]) == (429, "RESOURCE_EXHAUSTED", [(FCM, "QUOTA_EXCEEDED"), (QUOTA, "")])
    assert dict(answers[2].answer.headers)["retry-after"] == "60"
    assert judged.judge(request(to(mint(OLD, form="gcm-140")))).answer.status == 200
    assert judged.judge(request({**to(), "validate_only": True})).answer.status == 200


def test_a_missing_credential_is_asked_for() -> None:
    assert "www-authenticate" in dict(judge(to(), bearer=None).answer.headers)


def test_a_token_of_another_type_is_kept_for_the_slot_that_it_was_pushed_for() -> None:
    ios = Provenance(1, 1, 7, 0, PushType.IOS, 1)
    delivery = judge(to(mint(ios))).delivery
    assert delivery is not None
    assert (delivery.register, delivery.value, delivery.origin) == (7 << 24 | PushType.FCM, ios.value, ios.register)
    cut = judge(to(TOKEN[:-1])).delivery
    assert cut is not None
    assert (cut.register, cut.value, cut.origin) == (WRITE.register, -3, WRITE.register)


def test_no_answer_repeats_a_token() -> None:
    for message in (to(), to(TOKEN[:-1]), to(TOKEN, fid=TOKEN), to(TOKEN, topic=TOKEN, data={"a": 1})):
        assert TOKEN[:30].encode() not in judge(message).answer.body
