"""The table of `simulator.gateways.faults`: of each fault, what is judged, journaled and answered."""

from contextlib import closing
from pathlib import Path

import orjson
import pytest

from simulator.gateways.delivery import Provider
from simulator.gateways.desk import Desk, Fields
from simulator.gateways.journal import Journal
from simulator.gateways.reasons import REASONS
from simulator.gateways.request import Answer, Judged, Request
from tests.simulator.gateways.stand import Accepting, Told


def request(path: str = "/3/device/ab") -> Request:
    return Request("POST", path, Fields([(b"apns-id", b"7")]), b"{}", "127.0.0.1:1")


@pytest.mark.parametrize(
    ("fault", "judged", "journaled", "status"),
    [
        ("", 1, (200, ""), 200),
        ("goaway=1", 0, None, None),
        ("reset=1", 1, (0, ""), 200),
        ("stall=1", 1, (200, ""), 200),
        ("slow=1", 1, (200, ""), 200),
        ("throttle=1", 1, (429, "TooManyRequests"), 429),
        ("unavailable=1", 1, (503, "ServiceUnavailable"), 503),
        ("shutdown=1", 1, (503, "Shutdown"), 503),
        ("error=1", 1, (500, "InternalServerError"), 500),
    ],
)
def test_each_fault_is_judged_journaled_and_answered_as_the_table_says(
    tmp_path: Path, fault: str, judged: int, journaled: tuple[int, str] | None, status: int | None
) -> None:
    judge = Accepting()
    with closing(Journal(tmp_path / "d")) as journal:
        fate = Desk(judge, journal, Told(fault)).take(request())
        records = journal.from_number(0)
    kept = [(int.from_bytes(records[2:4], "little"), REASONS[records[4]])] if records else []
    assert len(judge.asked) == judged
    assert kept == ([journaled] if journaled else [])
    assert (fate.answer and fate.answer.status) == status
    assert (fate.fault.name if fate.fault else "") == fault.partition("=")[0]


def test_a_delayed_answer_is_journaled_at_once_with_the_moment_it_is_due(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "d")) as journal:
        Desk(Accepting(), journal, Told("slow=1:2")).take(request())
        record = journal.from_number(0)
    received, answered = (int.from_bytes(record[at : at + 8], "little") for at in (48, 56))
    assert 2_000_000_000 <= answered - received < 3_000_000_000


def test_what_names_no_token_meets_no_fault_but_goaway(tmp_path: Path) -> None:
    names = ("reset=1", "stall=1", "slow=1", "throttle=1", "unavailable=1", "error=1", "goaway=1")
    with closing(Journal(tmp_path / "d")) as journal:
        desk = Desk(Accepting(), journal, Told(*names))
        fates = [desk.take(request("/none")) for _ in names]
        assert len(journal) == 0
    assert [fate.answer and fate.answer.status for fate in fates] == [200, 200, 200, 200, 200, 200, None]


def test_where_a_connection_cannot_go_away_the_push_is_answered(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "d")) as journal:
        fate = Desk(Accepting(), journal, Told("goaway=1")).take(request(), may_go_away=False)
        assert (fate.answer and fate.answer.status, fate.fault, len(journal)) == (200, None, 1)


class Failing(Accepting):
    def judge(self, request: Request) -> Judged:
        raise ZeroDivisionError(request.path)


def test_a_judge_that_fails_is_a_500_and_told_without_the_token(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(Journal(tmp_path / "d")) as journal:
        assert Desk(Failing(), journal, Told()).take(request()).answer == Answer(500)
    assert [record.getMessage() for record in caplog.records] == ["a judge failed over a POST"]


JSON = ("content-type", "application/json; charset=UTF-8")
TEXT = ("content-type", "text/plain")


@pytest.mark.parametrize(
    ("provider", "fault", "status", "headers", "body"),
    [
        (Provider.APNS, "throttle=1:3", 429, (("apns-id", "7"), ("retry-after", "3")), {"reason": "TooManyRequests"}),
        (Provider.APNS, "error=1", 500, (("apns-id", "7"),), {"reason": "InternalServerError"}),
        (
            Provider.FCM,
            "throttle=1",
            429,
            (JSON, ("retry-after", "1")),
            {
                "error": {
                    "code": 429,
                    "message": "Sending limit exceeded for the message target.",
                    "status": "RESOURCE_EXHAUSTED",
                    "details": [
                        {
                            "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError",
                            "errorCode": "QUOTA_EXCEEDED",
                        }
                    ],
                }
            },
        ),
        (
            Provider.FCM,
            "unavailable=1:0",
            503,
            (JSON, ("retry-after", "0")),
            {
                "error": {
                    "code": 503,
                    "message": "The service is currently unavailable.",
                    "status": "UNAVAILABLE",
                    "details": [
                        {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "UNAVAILABLE"}
                    ],
                }
            },
        ),
        (
            Provider.WEB,
            "throttle=1",
            429,
            (TEXT, ("retry-after", "1")),
            "Sending limit exceeded for the message target.",
        ),
        (Provider.WEB, "error=1", 500, (TEXT,), "Internal error encountered."),
    ],
)
def test_each_provider_refuses_in_its_own_words(
    tmp_path: Path,
    provider: Provider,
    fault: str,
    status: int,
    headers: tuple[tuple[str, str], ...],
    body: dict[str, object] | str,
) -> None:
    with closing(Journal(tmp_path / "d")) as journal:
        answer = Desk(Accepting(provider), journal, Told(fault)).take(request()).answer
    assert answer is not None
    assert (answer.status, answer.headers) == (status, headers)
    assert (answer.body.decode() if isinstance(body, str) else orjson.loads(answer.body)) == body


def test_headers_are_read_as_granian_reads_them() -> None:
    fields = Fields([(b"X", b"1"), (b"x", b"2"), (b"y", b"\xc3\xa9"), (b"\xff", b"3")])
    assert (fields.get("x"), fields.get("y"), fields.items()) == ("1", None, [("x", "1"), ("x", "2")])
