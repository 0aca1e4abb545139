"""No judge raises, whatever it is asked, and none repeats a token in an answer."""

import json
from collections.abc import Sequence
from random import Random

import orjson
import pytest

from simulator.gateways.apns import ApnsJudge
from simulator.gateways.delivery import PACK
from simulator.gateways.fcm import FcmJudge
from simulator.gateways.request import Headers, Judge, Request
from simulator.gateways.standing import Registry
from simulator.gateways.webpush import WebPushJudge
from simulator.tokens import Provenance, PushType, mint
from tests.simulator.gateways.fields import Fields
from tests.simulator.gateways.trusted import BUNDLE, OURS, TRUST, Clock, Given, bearer, vapid

IOS = mint(Provenance(1, 1, 7, 0, PushType.IOS, 1))
FCM = mint(Provenance(1, 1, 7, 0, PushType.FCM, 1), form="fcm-163")
CHROME: str = json.loads(mint(Provenance(1, 1, 7, 0, PushType.WEB, 1), form="chrome"))["endpoint"]
NASTY: Sequence[str | None] = (
    *(None, "", " ", "0", "-1", "9" * 5000, "1e400", "null", "nan", "\0", "\udcff", "é" * 50, "💥", "../..", "%00"),
    *("a.b.c", "bearer", "bearer a.b.c", "vapid t=,k=", "vapid t=a,k=\udcff", "WebPush a", "<a9d0ed10 e9cfd022>"),
)
BODIES = (
    *(b"", b"{}", b"[]", b"null", b"\xff" * 200, b"[" * 5000, b'{"message":' * 3000, b'{"aps":{}}', b"1" * 500),
    *(b'{"message":{"token":"\\ud800"}}', b'{"message":{"token":["a"],"data":{"":null}}}', b'{"a":1e999}'),
    *(b'{"message":{"token":"x","data":{"a":1}},"message":{"token":2}}', b"\0" * 4097, b"x" * 1_000_000),
)


def good() -> list[tuple[Judge, str, dict[str, str], bytes]]:
    """Each judge, with a good request's path, headers and body."""
    registry, clock = Registry(None, 1.0, Clock()), Clock()
    message = orjson.dumps({"message": {"token": FCM, "notification": {"title": "Hello"}}})
    place = "/" + CHROME.split("/", 3)[3]
    apns = {"apns-topic": BUNDLE, "apns-push-type": "alert", "authorization": bearer(), "apns-id": ""}
    web = {"ttl": "5", "authorization": vapid("fcm.googleapis.com"), "content-encoding": "aes128gcm", "host": ""}
    options = dict.fromkeys(("apns-priority", "apns-expiration", "apns-collapse-id"), "")
    return [
        (ApnsJudge(TRUST, registry, "production", clock), f"/3/device/{IOS}", {**apns, **options}, b'{"aps":{}}'),
        (
            FcmJudge(TRUST, registry, Given(), clock),
            f"/v1/projects/{OURS}/messages:send",
            {"authorization": f"Bearer {OURS}"},
            message,
        ),
        (WebPushJudge(TRUST, registry, clock), place, {**web, "topic": "", "urgency": "", "crypto-key": ""}, b"x"),
    ]


@pytest.mark.parametrize("which", range(3))
def test_whatever_is_asked_is_answered_and_can_be_journaled(which: int) -> None:
    judge, path, headers, body = good()[which]
    draw = Random(which)
    statuses = set()
    for _ in range(2000):
        said = {name: draw.choice(NASTY) if draw.random() < 0.3 else text for name, text in headers.items()}
        present = {name: text for name, text in said.items() if text is not None and (text or draw.random() < 0.3)}
        where = path if draw.random() < 0.7 else path[: draw.randrange(len(path))] + (draw.choice(NASTY) or "")
        what = body if draw.random() < 0.6 else draw.choice(BODIES)
        method = "POST" if draw.random() < 0.9 else draw.choice(("GET", "", "\udcff"))
        answer, delivery = judge.judge(Request(method, where, Fields(present), what, "1"))
        assert 200 <= answer.status < 500
        statuses.add(answer.status)
        for name, text in answer.headers:
            assert name.isascii(), text
        if delivery is not None:
            assert delivery.status == answer.status
            PACK.pack(*delivery)
    assert len(statuses) >= 4  # the draws reach past the first check


def test_no_answer_repeats_a_token() -> None:
    for judge, path, headers, body in good():
        for said, what in ((headers, body), ({}, body), (headers, b"")):
            fields: Headers = Fields({name: text for name, text in said.items() if text})
            answer = judge.judge(Request("POST", path, fields, what, "1")).answer
            told = answer.body + repr(answer.headers).encode()
            assert not any(token[20:50].encode() in told for token in (IOS, FCM, CHROME))
