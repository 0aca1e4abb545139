"""What a Web Push service refuses, each on a request that is wrong in one way, and how each of the three says so."""

import json
from itertools import combinations
from typing import Any

import orjson
import pytest

from simulator.gateways.delivery import NOBODY, Delivery, Provider, Topic
from simulator.gateways.reasons import REASONS
from simulator.gateways.request import Answer, Judged, Request
from simulator.gateways.standing import Registry
from simulator.gateways.web_refusal import APPLE, GOOGLE, MOZILLA
from simulator.gateways.webpush import WebPushJudge
from simulator.tokens import Provenance, PushType, mint
from simulator.tokens.mark import Mark
from tests.simulator.gateways.fields import Fields
from tests.simulator.gateways.trusted import OTHER, TRUST, Clock, Dead, encrypted, public, vapid

WRITE = Provenance(1, 1, 7, 0, PushType.WEB, 1)
FORMS = {GOOGLE: "chrome", MOZILLA: "firefox", APPLE: "safari"}
HELLO = encrypted("Hello", WRITE)


def path(host: str = GOOGLE, write: Provenance = WRITE) -> str:
    endpoint: str = json.loads(mint(write, form=FORMS[host]))["endpoint"]
    return "/" + endpoint.split("/", 3)[3]


GOOD = {host: vapid(host) for host in FORMS}


def request(host: str = GOOGLE, body: bytes = HELLO, **changed: str | None) -> Request:
    """A good push, but for what is changed; None leaves a header out."""
    said = {"ttl": "60", "content-encoding": "aes128gcm", "authorization": GOOD[host], "host": host}
    method, where = changed.pop("method", "POST"), changed.pop("path", path(host))
    headers = {**said, **{name.replace("_", "-"): text for name, text in changed.items()}}
    fields = Fields({name: text for name, text in headers.items() if text is not None})
    return Request(str(method), str(where), fields, body, "1")


def judging(*, dead: bool = False, most_per_minute: int = 0) -> WebPushJudge:
    registry = (Dead if dead else Registry)(None, 0.0, Clock())
    return WebPushJudge(TRUST, registry, Clock(), most_per_minute=most_per_minute)


def judge(asked: Request, *, dead: bool = False) -> Judged:
    return judging(dead=dead).judge(asked)


def delivered(status: int, reason: str, owner: int = NOBODY, sent: int = 0) -> Delivery:
    """The delivery of a push to `WRITE`."""
    return Delivery(
        provider=Provider.WEB,
        topic=Topic.MESSAGE,
        status=status,
        reason=REASONS.index(reason),
        push_type=0,
        fleet=1,
        owner=owner,
        sent=sent,
        register=WRITE.register,
        value=WRITE.value,
        origin=WRITE.register,
        received=0,
        answered=0,
    )


@pytest.mark.parametrize("host", FORMS)
def test_the_browser_decrypts_and_the_mark_is_found_inside(host: str) -> None:
    judged = judge(request(host, encrypted(f"Hello {Mark(1, 5, 99).text}", WRITE)))
    assert judged.answer == Answer(201, (("location", f"https://{host}/m/1"), ("ttl", "60")))
    assert judged.delivery == delivered(201, "", 5, 99)


@pytest.mark.parametrize("wrong", [{"dead": True}, {"ttl": None}, {"authorization": None}])
def test_the_mark_is_found_in_a_refused_push_too_so_that_it_counts_as_its_pushs(wrong: dict[str, Any]) -> None:
    body = encrypted(f"Hello {Mark(1, 5, 99).text}", WRITE)
    delivery = judge_wrong({**wrong, "body": body}, GOOGLE).delivery
    assert delivery is not None
    assert (delivery.owner, delivery.sent) == (5, 99)


OTHERS = Provenance(1, 1, 8, 0, PushType.WEB, 1)


@pytest.mark.parametrize("body", [b"nothing", HELLO[:-1], HELLO[:86], encrypted("Hello", OTHERS)], ids=len)
def test_what_the_browser_cannot_decrypt_is_accepted_and_told(body: bytes) -> None:
    judged = judge(request(body=body))
    assert (judged.answer.status, judged.delivery) == (201, delivered(201, "UNDECRYPTABLE"))


def test_a_push_may_have_no_text_at_all() -> None:
    judged = judge(request(body=b"", content_encoding=None))
    assert (judged.answer.status, judged.delivery) == (201, delivered(201, ""))


RIGHT: list[dict[str, Any]] = [
    {"host": APPLE, "topic": "t" * 32},
    {"topic": "t" * 29},
    {"topic": "a-b_C9"},
    {"urgency": "very-low"},
    {"urgency": "low"},
    {"urgency": "normal"},
    {"urgency": "high"},
    {"ttl": "0"},
    {"ttl": "9" * 18},
    {"body": b"x" * 4096},
]


@pytest.mark.parametrize("changed", RIGHT)
def test_the_nearest_good_push_is_accepted(changed: dict[str, Any]) -> None:
    assert judge(request(**changed)).answer.status == 201


def test_a_time_to_live_is_cut_to_four_weeks() -> None:
    assert dict(judge(request(ttl="2419201")).answer.headers)["ttl"] == "2419200"


@pytest.mark.parametrize("said", [None, "127.0.0.1:8443", "localhost", "FCM.googleapis.com:443", GOOGLE])
def test_the_gateways_own_address_may_stand_for_the_host(said: str | None) -> None:
    headers = {"ttl": "60", "authorization": GOOD[GOOGLE], **({} if said is None else {"host": said})}
    assert judge(Request("POST", path(), Fields(headers), b"", "1")).answer.status == 201


def test_another_services_host_does_not_have_the_endpoint() -> None:
    asked = request()
    headers = {"ttl": "60", "authorization": GOOD[GOOGLE], "host": MOZILLA}
    judged = judge(asked._replace(headers=Fields(headers)))
    assert (judged.answer.status, judged.delivery) == (404, delivered(404, "NO_SUBSCRIPTION"))


# What is wrong, and at Google, Mozilla and Apple the status, with Mozilla's errno and Apple's reason; in the order of
# the checks.
WRONG: list[tuple[dict[str, Any], tuple[int, int, int], int | None, str, str]] = [
    ({"method": "PUT"}, (405, 405, 405), None, "", ""),
    ({"authorization": None}, (401, 401, 403), 109, "BadJwtToken", "BAD_VAPID"),
    ({"vapid": {"said": public(OTHER), "key": OTHER}}, (403, 401, 400), 109, "VapidPkHashMismatch", "OTHER_VAPID_KEY"),
    ({"vapid": {"key": OTHER}}, (403, 401, 403), 109, "BadJwtToken", "BAD_VAPID"),
    ({"vapid": {"aud": "https://example.com"}}, (403, 401, 403), 109, "BadJwtToken", "BAD_VAPID"),
    ({"vapid": {"exp": 1}}, (403, 401, 403), 109, "BadJwtToken", "BAD_VAPID"),
    ({"dead": True}, (410, 410, 410), 106, "Unregistered", "GONE"),
    ({"body": b"x" * 4097}, (413, 413, 413), 104, "PayloadTooLarge", "TOO_LARGE"),
    ({"ttl": None}, (400, 400, 400), 111, "BadTtl", "MISSING_TTL"),
    ({"ttl": "soon"}, (400, 400, 400), 111, "BadTtl", "MISSING_TTL"),
    ({"ttl": "9" * 5000}, (400, 400, 400), 111, "BadTtl", "MISSING_TTL"),
    ({"ttl": "-1"}, (400, 400, 400), 114, "BadTtl", "MISSING_TTL"),
    ({"topic": "no topic!"}, (400, 400, 400), 113, "BadWebPushTopic", "BAD_REQUEST"),
    ({"topic": "t" * 33}, (400, 400, 400), 113, "BadWebPushTopic", "BAD_REQUEST"),
    ({"topic": ""}, (400, 400, 400), 113, "BadWebPushTopic", "BAD_REQUEST"),
    ({"urgency": "now"}, (400, 400, 400), None, "BadUrgency", "BAD_REQUEST"),
    ({"content_encoding": "aesgcm"}, (400, 400, 400), 110, "BadWebPushRequest", "BAD_REQUEST"),
    ({"content_encoding": None}, (400, 400, 400), 110, "BadWebPushRequest", "BAD_REQUEST"),
]


def judge_wrong(wrong: dict[str, Any], host: str) -> Judged:
    changed = {name: value for name, value in wrong.items() if name not in ("vapid", "dead")}
    if "vapid" in wrong:
        changed["authorization"] = vapid(host, **wrong["vapid"])
    return judge(request(host, **changed), dead=wrong.get("dead", False))


@pytest.mark.parametrize(("wrong", "statuses", "errno", "apple", "reason"), WRONG)
def test_each_service_refuses_in_its_own_way(
    wrong: dict[str, Any], statuses: tuple[int, int, int], errno: int | None, apple: str, reason: str
) -> None:
    google, mozilla, apples = (judge_wrong(wrong, host) for host in (GOOGLE, MOZILLA, APPLE))
    assert (google.answer.status, mozilla.answer.status, apples.answer.status) == statuses
    assert dict(google.answer.headers)["content-type"] == "text/plain; charset=utf-8"
    said = orjson.loads(mozilla.answer.body)
    assert (said["code"], said["errno"]) == (statuses[1], errno)
    if apple:
        assert apples.answer.body == orjson.dumps({"reason": apple})
    expected = [delivered(status, reason) if reason else None for status in statuses]
    assert [google.delivery, mozilla.delivery, apples.delivery] == expected


def test_mozillas_error_is_whole() -> None:
    judged = judge_wrong({"dead": True}, MOZILLA)
    assert judged.answer.headers == (("content-type", "application/json"), ("cache-control", "max-age=86400"))
    assert orjson.loads(judged.answer.body) == {
        "code": 410,
        "errno": 106,
        "error": "Gone",
        "message": "push subscription has unsubscribed or expired.",
        "more_info": "http://autopush.readthedocs.io/en/latest/http.html#error-codes",
    }


def test_googles_sentence_is_the_one_that_is_known() -> None:
    judged = judge_wrong({"vapid": {"said": public(OTHER), "key": OTHER}}, GOOGLE)
    assert judged.answer.body == (
        b"the VAPID credentials in the authorization header do not correspond to the credentials used to create the "
        b"subscriptions.\n"
    )


def test_apple_alone_decodes_a_topic() -> None:
    assert judge(request(APPLE, topic="t" * 29)).answer.body == orjson.dumps({"reason": "BadWebPushTopic"})


@pytest.mark.parametrize("host", FORMS)
def test_an_endpoint_that_nobody_has_is_not_found_and_kept_as_a_ghost(host: str) -> None:
    judged = judge(request(host, path=path(host)[:-1]))
    assert judged.answer.status == 404
    assert judged.delivery == delivered(404, "NO_SUBSCRIPTION")._replace(fleet=0, register=0, origin=0, value=-2)


def test_a_path_that_is_no_endpoint_is_no_push() -> None:
    judged = judge(request(path="/somewhere"))
    assert (judged.answer.status, judged.delivery) == (404, None)


FIRST: list[tuple[str, dict[str, Any]]] = [
    ("NO_SUBSCRIPTION", {"path": path()[:-1]}),
    ("BAD_VAPID", {"authorization": None}),
    ("GONE", {"dead": True}),
    ("TOO_LARGE", {"body": b"x" * 4097}),
    ("MISSING_TTL", {"ttl": None}),
    ("BAD_REQUEST", {"topic": "no topic!"}),
]


@pytest.mark.parametrize(("first", "second"), list(combinations(FIRST, 2)))
def test_of_two_faults_the_earlier_check_tells(
    first: tuple[str, dict[str, Any]], second: tuple[str, dict[str, Any]]
) -> None:
    delivery = judge_wrong({**second[1], **first[1]}, GOOGLE).delivery
    assert delivery is not None
    assert REASONS[delivery.reason] == first[0]


@pytest.mark.parametrize("host", FORMS)
def test_a_subscription_takes_so_many_pushes_a_minute_if_it_is_asked_to(host: str) -> None:
    judged = judging(most_per_minute=2)
    answers = [judged.judge(request(host)) for _ in range(3)]
    assert [found.answer.status for found in answers] == [201, 201, 429]
    assert dict(answers[2].answer.headers)["retry-after"] == "60"
    assert answers[2].delivery == delivered(429, "TooManyRequests")
