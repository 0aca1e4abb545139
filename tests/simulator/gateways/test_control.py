"""The control listener, whole answers."""

from contextlib import closing
from pathlib import Path

import orjson
import pytest

from simulator.gateways.control import Control
from simulator.gateways.delivery import PACK
from simulator.gateways.journal import Journal
from simulator.gateways.request import Answer
from tests.simulator.gateways.test_journal import delivery

TEXT = ("content-type", "text/plain; charset=utf-8")
BINARY = ("content-type", "application/octet-stream")


def test_deliveries_are_told_from_a_number_on_with_how_many_there_are(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "d")) as journal:
        control = Control(journal, {})
        assert control.answer("GET", "/deliveries", "after=0") == Answer(200, (BINARY, ("x-total", "0")), b"")
        journal.append(delivery(1), 0, 0)
        journal.append(delivery(2), 3, 4)
        second = PACK.pack(*delivery(2)[:-2], 3, 4)
        assert control.answer("GET", "/deliveries", "after=1") == Answer(200, (BINARY, ("x-total", "2")), second)
        assert len(control.answer("GET", "/deliveries", "").body) == 128
        assert control.answer("GET", "/deliveries", f"after={2**62}") == Answer(200, (BINARY, ("x-total", "2")), b"")


@pytest.mark.parametrize(
    "query", ["after=", "after=-1", "after=x", "after=1&after=2", "before=1", f"after=1{'0' * 20}"]
)
def test_a_bad_question_is_answered_in_a_sentence(tmp_path: Path, query: str) -> None:
    with closing(Journal(tmp_path / "d")) as journal:
        answer = Control(journal, {}).answer("GET", "/deliveries", query)
    assert answer == Answer(
        400,
        (TEXT,),
        b"after=N, once, is the number of the first delivery to be told, from 0 on; nothing else is asked.\n",
    )


def test_it_tells_where_the_gateways_are_and_not_where_their_secrets_are(tmp_path: Path) -> None:
    ready = {
        "pid": 1,
        "apns": {"production": "https://127.0.0.1:1", "key": "/f/AuthKey.p8"},
        "fcm": {"url": "u", "service_account": "/f/a.json", "other_service_account": "/f/b.json"},
        "web_push": {"vapid_public_key": "B", "vapid_private_key": "/f/vapid.pem"},
    }
    with closing(Journal(tmp_path / "d")) as journal:
        answer = Control(journal, ready).answer("GET", "/", "")
    assert orjson.loads(answer.body) == {
        "pid": 1,
        "apns": {"production": "https://127.0.0.1:1"},
        "fcm": {"url": "u"},
        "web_push": {"vapid_public_key": "B"},
    }


def test_there_is_nothing_else(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "d")) as journal:
        control = Control(journal, {})
        assert control.answer("GET", "/secrets", "").status == 404
        assert control.answer("DELETE", "/deliveries", "") == Answer(
            405, (TEXT, ("allow", "GET")), b"Only GET is answered here.\n"
        )
