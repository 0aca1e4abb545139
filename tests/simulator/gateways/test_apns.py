"""Every reason that APNs gives, on a request that is wrong in one way; the nearest good one; the checks' order."""

from itertools import combinations
from typing import Any
from uuid import UUID

import orjson
import pytest

from simulator.gateways import desk
from simulator.gateways.apns import ApnsJudge
from simulator.gateways.delivery import Delivery, Provider, Topic
from simulator.gateways.reasons import REASONS, number_of
from simulator.gateways.request import Answer, Judged, Request
from simulator.gateways.standing import Registry
from simulator.gateways.trust import Environment
from simulator.tokens import Provenance, PushType, mint
from simulator.tokens.mark import Mark
from tests.simulator.gateways.fields import Fields
from tests.simulator.gateways.trusted import BUNDLE, NOW, OTHER, TRUST, VOIP, Clock, Dead, bearer

WRITE, CALLS = (Provenance(1, 1, 7, 0, kind, 1) for kind in (PushType.IOS, PushType.IOS_VOIP))
ALERT_TOKEN, VOIP_TOKEN = mint(WRITE), mint(CALLS)
ALERTS, CALLED = WRITE.register, CALLS.register
BODY = b'{"aps":{"alert":"Hello"}}'
ID = "123E4567-E89B-12D3-A456-426614174000"
GOOD = bearer()
CALL: dict[str, Any] = {"token": VOIP_TOKEN, "apns_topic": VOIP, "apns_push_type": "voip"}


def request(
    token: str = ALERT_TOKEN, body: bytes = BODY, *, twice: str = "", peer: str = "1", **changed: str | None
) -> Request:
    """A good alert push, but for what is changed; None leaves a header out."""
    said = {"apns-topic": BUNDLE, "apns-push-type": "alert", "authorization": GOOD, "apns-id": ID}
    method, path = changed.pop("method", "POST"), changed.pop("path", f"/3/device/{token}")
    headers = {**said, **{name.replace("_", "-"): text for name, text in changed.items()}}
    fields = Fields({name: text for name, text in headers.items() if text is not None}, twice)
    return Request(str(method), str(path), fields, body, peer)


def judging(
    *,
    dead: bool = False,
    environment: Environment = "production",
    home: Environment = "production",
    most_per_minute: int = 0,
) -> ApnsJudge:
    registry = (Dead if dead else Registry)(None, 0.0, Clock())
    return ApnsJudge(TRUST, registry, environment, Clock(), home=home, most_per_minute=most_per_minute)


def judge(asked: Request, *, dead: bool = False) -> Judged:
    return judging(dead=dead).judge(asked)


def payload(size: int) -> bytes:
    return b'{"aps":{"alert":"%b"}}' % (b"x" * (size - 20))


def test_a_good_push_is_answered_200_with_its_id_and_nothing_else() -> None:
    judged = judge(request(body=b'{"aps":{"alert":"%b"}}' % Mark(1, 5, 99).text.encode()))
    assert judged.answer == Answer(200, (("apns-id", ID),), b"")
    assert judged.delivery == Delivery(
        provider=Provider.APNS,
        topic=Topic.ALERT,
        status=200,
        reason=0,
        push_type=1,
        fleet=1,
        owner=5,
        sent=99,
        register=ALERTS,
        value=WRITE.value,
        origin=ALERTS,
        received=0,
        answered=0,
    )


def test_a_push_without_an_id_is_given_one_of_its_own() -> None:
    judges = judging(), judging()
    given = [one.judge(request(apns_id=None)).answer.headers for one in judges for _ in range(3)]
    numbers = [number for [(name, number)] in given if name == "apns-id"]
    assert len(set(numbers)) == 6
    assert numbers == [str(UUID(number)).upper() for number in numbers]


def test_of_a_header_that_comes_twice_the_first_counts_until_it_is_a_duplicate() -> None:
    good = [("apns-topic", BUNDLE), ("apns-push-type", "alert"), ("authorization", GOOD)]
    for topics, reason in (((BUNDLE, "no topic!"), "DuplicateHeaders"), (("no topic!", BUNDLE), "BadTopic")):
        pairs = [("apns-topic", topic) for topic in topics] + good[1:]
        fields = desk.Fields([(name.encode(), value.encode()) for name, value in pairs])
        judged = judge(Request("POST", f"/3/device/{ALERT_TOKEN}", fields, BODY, "1"))
        assert judged.answer.body == orjson.dumps({"reason": reason})


def test_the_id_is_echoed_to_the_letter_also_in_a_refusal() -> None:
    lower = ID.lower()
    assert judge(request(apns_id=lower)).answer.headers[0] == ("apns-id", lower)
    assert judge(request(apns_id=lower, apns_topic=None)).answer.headers[0] == ("apns-id", lower)
    assert judge(request(apns_id="seven")).answer.headers[0] == ("apns-id", "seven")


# In the order of the checks.
WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({"apns_id": "seven"}, 400, "BadMessageId"),
    ({"apns_id": ID.replace("-", "")}, 400, "BadMessageId"),
    ({"method": "GET"}, 405, "MethodNotAllowed"),
    ({"path": "/4/device/x"}, 404, "BadPath"),
    ({"path": "/"}, 404, "BadPath"),
    ({"path": "/3/device/"}, 400, "MissingDeviceToken"),
    ({"path": "/3/device"}, 400, "MissingDeviceToken"),
    ({"apns_topic": None}, 400, "MissingTopic"),
    ({"apns_topic": ""}, 400, "MissingTopic"),
    ({"apns_topic": "no topic!"}, 400, "BadTopic"),
    ({"apns_topic": "com.example.other"}, 400, "TopicDisallowed"),
    ({"apns_topic": f"{BUNDLE}.complication"}, 400, "TopicDisallowed"),
    ({"apns_collapse_id": "x" * 65}, 400, "BadCollapseId"),
    ({"apns_collapse_id": "é" * 33}, 400, "BadCollapseId"),
    ({"apns_priority": "7"}, 400, "BadPriority"),
    ({"apns_priority": ""}, 400, "BadPriority"),
    ({"apns_priority": "10", "apns_push_type": "background"}, 400, "BadPriority"),
    ({"apns_expiration": "soon"}, 400, "BadExpirationDate"),
    ({"apns_expiration": "-1"}, 400, "BadExpirationDate"),
    ({"apns_push_type": "shout"}, 400, "InvalidPushType"),
    ({"apns_push_type": "voip"}, 400, "InvalidPushType"),
    ({"apns_push_type": "liveactivity"}, 400, "InvalidPushType"),
    ({**CALL, "apns_push_type": "alert"}, 400, "InvalidPushType"),
    ({"twice": "apns-topic"}, 400, "DuplicateHeaders"),
    ({"twice": "authorization"}, 400, "DuplicateHeaders"),
    ({"token": "xyz"}, 400, "BadDeviceToken"),
    ({"token": "ab" * 31}, 400, "BadDeviceToken"),
    ({"token": "ab" * 32 + "a"}, 400, "BadDeviceToken"),
    ({"token": "ab" * 101}, 400, "BadDeviceToken"),
    ({"token": "ab" * 32}, 400, "BadDeviceToken"),
    ({"token": ALERT_TOKEN + "/more"}, 400, "BadDeviceToken"),
    ({"token": mint(Provenance(1, 1, 7, 0, PushType.FCM, 1), form="fcm-163")}, 400, "BadDeviceToken"),
    ({"token": VOIP_TOKEN}, 400, "DeviceTokenNotForTopic"),
    ({**CALL, "token": ALERT_TOKEN}, 400, "DeviceTokenNotForTopic"),
    ({"authorization": None}, 403, "MissingProviderToken"),
    ({"authorization": "bearer "}, 403, "MissingProviderToken"),
    ({"authorization": GOOD.replace("bearer", "basic")}, 403, "MissingProviderToken"),
    ({"authorization": "bearer nonsense"}, 403, "InvalidProviderToken"),
    ({"authorization": bearer(OTHER)}, 403, "InvalidProviderToken"),
    ({"authorization": bearer(iss="TEAM000002")}, 403, "InvalidProviderToken"),
    ({"authorization": bearer(iat=None)}, 403, "InvalidProviderToken"),
    ({"authorization": bearer(iat=float("nan"))}, 403, "InvalidProviderToken"),
    ({"authorization": bearer(iat=10**400)}, 403, "InvalidProviderToken"),
    ({"authorization": bearer(iat=NOW + 61)}, 403, "InvalidProviderToken"),
    ({"authorization": bearer(iat=NOW - 3600.5)}, 403, "ExpiredProviderToken"),
    ({"authorization": bearer(kid="SANDBOXKEY")}, 403, "BadEnvironmentKeyIdInToken"),
    ({"body": b""}, 400, "PayloadEmpty"),
    ({"body": b"{}"}, 400, "PayloadEmpty"),
    ({"body": b"[]"}, 400, "PayloadEmpty"),
    ({"body": b'{"aps":"Hello"}'}, 400, "PayloadEmpty"),
    ({"body": b'{"aps":{}'}, 400, "PayloadEmpty"),
    ({"body": b"\xff"}, 400, "PayloadEmpty"),
    ({"body": payload(4097)}, 413, "PayloadTooLarge"),
    ({**CALL, "body": payload(5121)}, 413, "PayloadTooLarge"),
    ({**CALL, "body": b"[]"}, 400, "PayloadEmpty"),
]


@pytest.mark.parametrize(("wrong", "status", "reason"), WRONG)
def test_each_fault_has_its_reason(wrong: dict[str, Any], status: int, reason: str) -> None:
    judged = judge(request(**wrong))
    assert (judged.answer.status, judged.answer.body) == (status, orjson.dumps({"reason": reason}))
    assert dict(judged.answer.headers)["content-type"] == "application/json"
    if judged.delivery is not None:
        assert (judged.delivery.status, REASONS[judged.delivery.reason]) == (status, reason)


RIGHT: list[dict[str, Any]] = [
    {},
    CALL,
    {"apns_id": ID.lower()},
    {"apns_collapse_id": "x" * 64},
    {"apns_collapse_id": "é" * 32},
    {"apns_priority": "1"},
    {"apns_priority": "5"},
    {"apns_priority": "10"},
    {"apns_priority": "5", "apns_push_type": "background"},
    {"apns_push_type": "background"},
    {"apns_push_type": None},
    {**CALL, "apns_push_type": None},
    {"apns_expiration": "0"},
    {"apns_expiration": "1900000000"},
    {"token": mint(WRITE, form="apns-64")},
    {"token": mint(WRITE, form="apns-108")},
    {"token": mint(WRITE, form="apns-160")},
    {"token": ALERT_TOKEN.upper()},
    {"twice": "user-agent"},
    {"authorization": bearer(iat=int(NOW))},
    {"authorization": bearer(iat=NOW - 3600)},
    {"authorization": bearer(iat=NOW + 59.25)},
    {"authorization": GOOD.replace("bearer", "Bearer")},
    {"body": b'{"aps":{}}'},
    {"body": payload(4096)},
    {**CALL, "body": payload(5120)},
    {**CALL, "body": b'{"call":5}'},
]


@pytest.mark.parametrize("changed", RIGHT)
def test_the_nearest_good_push_is_accepted(changed: dict[str, Any]) -> None:
    judged = judge(request(**changed))
    assert (judged.answer.status, judged.answer.body) == (200, b"")
    assert judged.delivery is not None
    assert (judged.delivery.status, judged.delivery.reason) == (200, 0)


def test_every_reason_of_apples_is_given_but_for_those_that_are_no_verdict_on_a_request() -> None:
    told = {reason for _, _, reason in WRONG} | {"Unregistered", "ExpiredToken", "TooManyRequests"}
    told |= {"UnrelatedKeyIdInToken", "TooManyProviderTokenUpdates"}  # as the tests below have it
    others = {"IdleTimeout", "BadCertificateEnvironment", "InternalServerError", "ServiceUnavailable", "Shutdown"}
    assert told == set(REASONS[1 : REASONS.index("Shutdown") + 1]) - others


FIRST: list[tuple[str, dict[str, Any]]] = [
    ("BadMessageId", {"apns_id": "seven"}),
    ("MethodNotAllowed", {"method": "GET"}),
    ("BadPath", {"path": "/4/device/x"}),
    ("MissingTopic", {"apns_topic": None}),
    ("BadCollapseId", {"apns_collapse_id": "x" * 65}),
    ("BadPriority", {"apns_priority": "7"}),
    ("BadExpirationDate", {"apns_expiration": "soon"}),
    ("InvalidPushType", {"apns_push_type": "shout"}),
    ("DuplicateHeaders", {"twice": "apns-id"}),
    ("BadDeviceToken", {"token": "xyz"}),
    ("Unregistered", {"dead": True}),
    ("DeviceTokenNotForTopic", {"token": VOIP_TOKEN}),
    ("MissingProviderToken", {"authorization": None}),
    ("PayloadEmpty", {"body": b""}),
]


@pytest.mark.parametrize(("first", "second"), list(combinations(FIRST, 2)))
def test_of_two_faults_the_earlier_check_tells(
    first: tuple[str, dict[str, Any]], second: tuple[str, dict[str, Any]]
) -> None:
    both = {**second[1], **first[1]}
    dead = both.pop("dead", False)
    assert orjson.loads(judge(request(**both), dead=dead).answer.body)["reason"] == first[0]


def test_a_dead_token_is_told_with_the_moment_in_milliseconds() -> None:
    judged = judge(request(), dead=True)
    assert judged.answer.status == 410
    assert orjson.loads(judged.answer.body) == {"reason": "Unregistered", "timestamp": int((NOW - 60) * 1000)}
    assert judged.delivery is not None
    assert (judged.delivery.status, REASONS[judged.delivery.reason]) == (410, "Unregistered")


def test_a_token_in_whose_place_another_installation_stands_has_expired() -> None:
    registry = Dead(None, 0.0, Clock())
    registry.replaced = True
    judged = ApnsJudge(TRUST, registry, "production", Clock()).judge(request())
    assert judged.answer.status == 410
    assert orjson.loads(judged.answer.body) == {"reason": "ExpiredToken", "timestamp": int((NOW - 60) * 1000)}


def test_no_other_refusal_of_a_dead_token_bears_a_timestamp() -> None:
    judged = judge(request(apns_topic=None), dead=True)
    assert judged.answer.body == orjson.dumps({"reason": "MissingTopic"})


def slot(judged: Judged) -> tuple[int, int, int, Topic]:
    """Register, value, origin and topic of a delivery."""
    found = judged.delivery
    assert found is not None
    return found.register, found.value, found.origin, Topic(found.topic)


def test_a_refused_push_is_kept_for_the_slot_that_it_was_pushed_for() -> None:
    assert slot(judge(request(VOIP_TOKEN))) == (ALERTS, WRITE.value, CALLED, Topic.ALERT)
    assert slot(judge(request(**{**CALL, "token": ALERT_TOKEN}))) == (CALLED, WRITE.value, ALERTS, Topic.VOIP)
    assert slot(judge(request(VOIP_TOKEN, apns_topic="com.example.other"))) == (
        CALLED,
        WRITE.value,
        CALLED,
        Topic.OTHER,
    )
    fcm = Provenance(1, 1, 7, 0, PushType.FCM, 1)
    assert slot(judge(request(mint(fcm, form="fcm-163")))) == (ALERTS, fcm.value, fcm.register, Topic.ALERT)
    assert slot(judge(request("null"))) == (0, -2, 0, Topic.ALERT)
    assert slot(judge(request(mint(WRITE, form="apns-64")[:50]))) == (ALERTS, -3, ALERTS, Topic.ALERT)


@pytest.mark.parametrize("wrong", [{"method": "GET"}, {"path": "/3/device/"}, {"path": "/4/device/x"}])
def test_a_request_that_names_no_token_is_no_push(wrong: dict[str, Any]) -> None:
    assert judge(request(**wrong)).delivery is None


@pytest.mark.parametrize(("said", "number"), [("alert", 1), ("background", 2), ("mdm", 9), ("shout", 0), (None, 0)])
def test_a_delivery_tells_the_push_type(said: str | None, number: int) -> None:
    delivery = judge(request(apns_push_type=said)).delivery
    assert delivery is not None
    assert delivery.push_type == number


def test_each_environment_knows_its_own_tokens_alone() -> None:
    refused = orjson.dumps({"reason": "BadDeviceToken"})
    assert judging(environment="sandbox").judge(request()).answer.body == refused
    assert judging(environment="sandbox", home="sandbox").judge(request()).answer.status == 200
    assert judging(home="sandbox").judge(request()).answer.body == refused


def test_a_connection_belongs_to_one_key_and_changes_its_token_seldom() -> None:
    judged = judging()
    tokens = [bearer(), bearer(iat=NOW - 20), bearer(iat=NOW - 30), bearer(OTHER, "KEY0000002")]
    answers = [judged.judge(request(authorization=token)).answer for token in tokens]
    assert [(answer.status, answer.body) for answer in answers] == [
        (200, b""),
        (200, b""),
        (429, orjson.dumps({"reason": "TooManyProviderTokenUpdates"})),
        (403, orjson.dumps({"reason": "UnrelatedKeyIdInToken"})),
    ]
    assert judged.judge(request(authorization=tokens[3], peer="2")).answer.status == 200


def test_a_device_takes_so_many_pushes_a_minute_if_it_is_asked_to() -> None:
    judged = judging(most_per_minute=2)
    answers = [judged.judge(request()) for _ in range(3)]
    assert [found.answer.status for found in answers] == [200, 200, 429]
    assert answers[2].answer.body == orjson.dumps({"reason": "TooManyRequests"})
    assert answers[2].delivery is not None
    assert answers[2].delivery.reason == number_of("TooManyRequests")
    assert judged.judge(request(**CALL)).answer.status == 200


def test_a_refused_push_does_not_count_against_its_device() -> None:
    judged = judging(most_per_minute=1)
    assert [judged.judge(request(body=b"")).answer.status for _ in range(3)] == [400] * 3
    assert judged.judge(request()).answer.status == 200
