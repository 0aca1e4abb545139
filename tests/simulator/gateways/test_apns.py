"""Every reason that APNs gives, each on a request that is wrong in one way; and which of two faults is told first."""

from typing import Any

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from simulator.gateways.apns import ApnsJudge
from simulator.gateways.delivery import Topic
from simulator.gateways.request import Judged, Request
from simulator.gateways.standing import Known, Registry, Standing
from simulator.gateways.trust import ApnsKey, Trust
from simulator.tokens import Provenance, PushType, mint
from simulator.tokens.mark import Mark
from tests.simulator.gateways.fields import Fields

NOW = 1_800_000_000.0
KEY, OTHER = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
TRUST = Trust(
    bundle="com.example.app",
    team="TEAM000001",
    apns_keys={
        "KEY0000001": ApnsKey("TEAM000001", KEY.public_key()),
        "KEY0000002": ApnsKey("TEAM000001", OTHER.public_key()),
        "SANDBOXKEY": ApnsKey("TEAM000001", KEY.public_key(), ("sandbox",)),
    },
    project="p",
    accounts={},
    vapid=b"",
)
IOS = mint(Provenance(1, 1, 7, 0, PushType.IOS, 1))
VOIP = mint(Provenance(1, 1, 7, 0, PushType.IOS_VOIP, 1))
BODY = b'{"aps":{"alert":"Hello"}}'


class Dead(Registry):
    """Knows every token superseded, and dead since a minute ago."""

    def look_up(self, token: str) -> Known:
        known = super().look_up(token)
        return known._replace(standing=Standing.SUPERSEDED, dead_since=NOW - 60) if known.write else known


def bearer(key: ec.EllipticCurvePrivateKey = KEY, kid: str = "KEY0000001", **claims: object) -> str:
    said: dict[str, Any] = {"iss": "TEAM000001", "iat": NOW - 10, **claims}
    return f"bearer {jwt.encode(said, key, algorithm='ES256', headers={'kid': kid})}"


GOOD = bearer()


def request(
    token: str = IOS, body: bytes = BODY, *, twice: str = "", peer: str = "1", **changed: str | None
) -> Request:
    said = {"apns-topic": "com.example.app", "apns-push-type": "alert", "authorization": GOOD}
    headers = {
        **said,
        **{name.replace("_", "-"): text for name, text in changed.items() if name not in ("method", "path")},
    }
    fields = Fields({name: text for name, text in headers.items() if text is not None}, twice)
    return Request(changed.get("method") or "POST", changed.get("path") or f"/3/device/{token}", fields, body, peer)


def judge(asked: Request, *, dead: bool = False, sandbox: bool = False) -> Judged:
    registry = (Dead if dead else Registry)(None, 0.0, lambda: NOW)
    return ApnsJudge(TRUST, registry, "sandbox" if sandbox else "production", lambda: NOW).judge(asked)


def reason(judged: Judged) -> str:
    return str(orjson.loads(judged.answer.body)["reason"])


def test_a_good_push_is_answered_200_with_its_id_and_nothing_else() -> None:
    number = "123E4567-E89B-12D3-A456-426614174000"
    judged = judge(request(apns_id=number, body=b'{"aps":{"alert":"%b"}}' % Mark(1, 5, 99).text.encode()))
    assert judged.answer == (200, (("apns-id", number),), b"")
    assert judged.delivery is not None
    found = judged.delivery
    assert (found.topic, found.status, found.owner, found.sent) == (Topic.ALERT, 200, 5, 99)
    assert (found.register, found.origin, found.value) == (7 << 24 | 1, 7 << 24 | 1, 1 << 20 | 1)


WRONG = [
    ({"apns_id": "seven"}, 400, "BadMessageId"),
    ({"method": "GET"}, 405, "MethodNotAllowed"),
    ({"path": "/4/device/x"}, 404, "BadPath"),
    ({"path": "/3/device/"}, 400, "MissingDeviceToken"),
    ({"twice": "apns-topic"}, 400, "DuplicateHeaders"),
    ({"apns_topic": None}, 400, "MissingTopic"),
    ({"apns_topic": "com.example.other"}, 400, "TopicDisallowed"),
    ({"apns_topic": "no topic!"}, 400, "BadTopic"),
    ({"apns_collapse_id": "x" * 65}, 400, "BadCollapseId"),
    ({"apns_priority": "7"}, 400, "BadPriority"),
    ({"apns_expiration": "soon"}, 400, "BadExpirationDate"),
    ({"apns_push_type": "shout"}, 400, "InvalidPushType"),
    ({"apns_push_type": "voip"}, 400, "InvalidPushType"),
    ({"token": "xyz"}, 400, "BadDeviceToken"),
    ({"token": "ab" * 32}, 400, "BadDeviceToken"),
    ({"token": mint(Provenance(1, 1, 7, 0, PushType.FCM, 1), form="fcm-163")}, 400, "BadDeviceToken"),
    ({"token": VOIP}, 400, "DeviceTokenNotForTopic"),
    ({"apns_topic": "com.example.app.voip", "apns_push_type": "voip"}, 400, "DeviceTokenNotForTopic"),
    ({"authorization": None}, 403, "MissingProviderToken"),
    ({"authorization": "bearer nonsense"}, 403, "InvalidProviderToken"),
    ({"authorization": bearer(OTHER)}, 403, "InvalidProviderToken"),
    ({"authorization": bearer(iss="TEAM000002")}, 403, "InvalidProviderToken"),
    ({"authorization": bearer(iat=NOW - 3601)}, 403, "ExpiredProviderToken"),
    ({"authorization": bearer(kid="SANDBOXKEY")}, 403, "BadEnvironmentKeyIdInToken"),
    ({"body": b""}, 400, "PayloadEmpty"),
    ({"body": b'{"aps":"%b"}' % (b"x" * 4096)}, 413, "PayloadTooLarge"),
]


@pytest.mark.parametrize(("wrong", "status", "why"), WRONG)
def test_each_fault_has_its_reason(wrong: dict[str, Any], status: int, why: str) -> None:
    judged = judge(request(**wrong))
    assert (judged.answer.status, reason(judged)) == (status, why)
    assert judged.answer.headers[0][0] == "apns-id"


def test_of_two_faults_the_earlier_check_tells() -> None:
    assert reason(judge(request(apns_topic=None, apns_priority="7", authorization=None))) == "MissingTopic"
    assert reason(judge(request(token=VOIP, authorization=None, body=b""))) == "DeviceTokenNotForTopic"
    assert reason(judge(request(authorization=None), dead=True)) == "Unregistered"


def test_a_dead_token_is_told_with_the_moment_in_milliseconds() -> None:
    judged = judge(request(), dead=True)
    assert judged.answer.status == 410
    assert orjson.loads(judged.answer.body) == {"reason": "Unregistered", "timestamp": int((NOW - 60) * 1000)}
    assert judged.delivery is not None
    assert judged.delivery.status == 410


def test_calls_have_more_room_and_their_own_topic() -> None:
    body = b'{"aps":"%b"}' % (b"x" * 5000)
    call = {"apns_topic": "com.example.app.voip", "apns_push_type": "voip"}
    judged = judge(request(VOIP, body, **call))
    assert judged.answer.status == 200
    assert judged.delivery is not None
    assert (judged.delivery.topic, judged.delivery.register) == (Topic.VOIP, 7 << 24 | 2)


def test_the_sandbox_does_not_know_the_tokens_of_production() -> None:
    assert reason(judge(request(), sandbox=True)) == "BadDeviceToken"


def test_a_connection_belongs_to_one_key_and_changes_its_token_seldom() -> None:
    judging = ApnsJudge(TRUST, Registry(None, 0.0, lambda: NOW), "production", lambda: NOW)
    tokens = [bearer(), bearer(iat=NOW - 20), bearer(iat=NOW - 30), bearer(OTHER, kid="KEY0000002")]
    answers = [judging.judge(request(authorization=token)).answer for token in tokens]
    assert [answer.status for answer in answers] == [200, 200, 429, 403]
    assert orjson.loads(answers[2].body)["reason"] == "TooManyProviderTokenUpdates"
    assert orjson.loads(answers[3].body)["reason"] == "UnrelatedKeyIdInToken"
    assert judging.judge(request(authorization=tokens[3], peer="2")).answer.status == 200
