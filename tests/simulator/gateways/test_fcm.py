"""Google's errors, each on a request that is wrong in one way: whose fault it is decides whether a token is kept."""

from typing import Any

import orjson
import pytest

from simulator.gateways.delivery import Provider, Topic
from simulator.gateways.fcm import FcmJudge
from simulator.gateways.request import Judged, Request
from simulator.gateways.standing import Known, Registry, Standing
from simulator.gateways.trust import Trust
from simulator.tokens import Provenance, PushType, mint
from simulator.tokens.mark import Mark
from tests.simulator.gateways.fields import Fields

WRITE = Provenance(1, 1, 7, 0, PushType.FCM, 1)
TOKEN, FID = mint(WRITE, form="fcm-163"), mint(WRITE, form="fid")
TRUST = Trust(bundle="b", team="t", apns_keys={}, project="ours", accounts={}, vapid=b"")
FCM, BAD = "type.googleapis.com/google.firebase.fcm.v1.FcmError", "type.googleapis.com/google.rpc.BadRequest"


class Given:
    """Access tokens that are called as the project they are for."""

    def account_of(self, token: str) -> str | None:
        return token if token in ("ours", "theirs") else None


class Dead(Registry):
    """Knows every token superseded, and dead."""

    def look_up(self, token: str) -> Known:
        known = super().look_up(token)
        return known._replace(standing=Standing.SUPERSEDED, dead_since=1.0) if known.write else known


def judge(
    body: object, *, project: str = "ours", bearer: str = "Bearer ours", dead: bool = False, method: str = "POST"
) -> Judged:
    registry = (Dead if dead else Registry)(None, 0.0, lambda: 5.0)
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    path = f"/v1/projects/{project}/messages:send"
    asked = Request(method, path, Fields({"authorization": bearer}), raw, "1")
    return FcmJudge(TRUST, registry, Given(), lambda: 5.0).judge(asked)


def told(judged: Judged) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, code, and each detail's type with its error code or field."""
    error = orjson.loads(judged.answer.body)["error"]
    details = [
        (one["@type"], one.get("errorCode") or one["fieldViolations"][0]["field"]) for one in error.get("details", [])
    ]
    assert error["code"] == judged.answer.status
    return judged.answer.status, error["status"], details


@pytest.mark.parametrize("target", [{"token": TOKEN}, {"fid": FID}, {"token": mint(WRITE, form="fcm-142")}])
def test_a_message_is_accepted_and_journaled_for_its_register(target: dict[str, str]) -> None:
    shown = {"notification": {"body": f"Hello {Mark(1, 5, 99).text}"}}
    judged = judge({"message": {**target, **shown}})
    assert judged.answer.status == 200
    assert orjson.loads(judged.answer.body)["name"].startswith("projects/ours/messages/")
    assert judged.delivery is not None
    found = judged.delivery
    assert (found.provider, found.topic, found.status, found.owner, found.sent) == (
        Provider.FCM,
        Topic.MESSAGE,
        200,
        5,
        99,
    )
    assert (found.register, found.value, found.origin) == (WRITE.register, WRITE.value, WRITE.register)


WRONG: list[tuple[dict[str, Any], tuple[int, str, list[tuple[str, str]]]]] = [
    ({"bearer": "Bearer nobody"}, (401, "UNAUTHENTICATED", [])),
    ({"bearer": ""}, (401, "UNAUTHENTICATED", [])),
    ({"bearer": "Bearer theirs"}, (403, "PERMISSION_DENIED", [])),
    ({"project": "theirs", "bearer": "Bearer theirs"}, (403, "PERMISSION_DENIED", [(FCM, "SENDER_ID_MISMATCH")])),
    ({"dead": True}, (404, "NOT_FOUND", [(FCM, "UNREGISTERED")])),
    ({"method": "GET"}, (404, "NOT_FOUND", [])),
    ({"body": b"no JSON"}, (400, "INVALID_ARGUMENT", [(BAD, "body")])),
    ({"body": {}}, (400, "INVALID_ARGUMENT", [(BAD, "message")])),
    ({"body": {"massage": {}}}, (400, "INVALID_ARGUMENT", [(BAD, "massage")])),
    ({"body": {"message": {}}}, (400, "INVALID_ARGUMENT", [(BAD, "message")])),
    ({"body": {"message": {"token": 5}}}, (400, "INVALID_ARGUMENT", [(BAD, "message.token")])),
    ({"body": {"message": {"token": "made up"}}}, (400, "INVALID_ARGUMENT", [(FCM, "INVALID_ARGUMENT")])),
    ({"body": {"message": {"fid": TOKEN}}}, (400, "INVALID_ARGUMENT", [(FCM, "INVALID_ARGUMENT")])),
    ({"body": {"message": {"token": TOKEN, "dada": {}}}}, (400, "INVALID_ARGUMENT", [(BAD, "message.dada")])),
    ({"body": {"message": {"token": TOKEN, "data": {"n": 1}}}}, (400, "INVALID_ARGUMENT", [(BAD, "message.data")])),
    (
        {"body": {"message": {"token": TOKEN, "data": {"text": "x" * 5000}}}},
        (400, "INVALID_ARGUMENT", [(BAD, "message")]),
    ),
    (
        {"body": {"message": {"token": mint(Provenance(1, 1, 7, 0, PushType.IOS, 1))}}},
        (400, "INVALID_ARGUMENT", [(FCM, "INVALID_ARGUMENT")]),
    ),
]


@pytest.mark.parametrize(("wrong", "expected"), WRONG)
def test_each_fault_has_its_error(wrong: dict[str, Any], expected: tuple[int, str, list[tuple[str, str]]]) -> None:
    assert told(judge(**{"body": {"message": {"token": TOKEN}}, **wrong})) == expected
