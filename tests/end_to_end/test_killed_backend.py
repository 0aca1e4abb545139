"""`kill -9` of the backend under load, again and again: what it acknowledged is there, once."""

import http.client
import json
import os
import random
import signal
import sqlite3
import threading
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from simulator.backend import Durability, Embedded
from tests.end_to_end.commands import until
from tests.simulator.backend.remote import Remote

KILLS = 20
PHONES = 8
SECRET = "the same in every life"
JSON = {"Content-Type": "application/json; charset=utf-8"}


class Sent(NamedTuple):
    """A phone's tokens by number: the last that was acknowledged, 0 for none, and the last that was sent."""

    acknowledged: int
    may: int


class Phone(threading.Thread):
    """Registers new tokens one after another until its connection breaks."""

    def __init__(self, backend: Embedded, person: dict[str, str], number: int, first: int, held: int) -> None:
        """`held` is what the store has of it, and has still where nothing of this life's is acknowledged."""
        super().__init__(daemon=True)
        self._connection = http.client.HTTPConnection(backend.url.removeprefix("http://"), timeout=60)
        self._person = person
        self.device, self._next = f"phone {number}", first
        self.sent = Sent(held, held)

    def run(self) -> None:
        """Live until the backend dies."""
        try:
            while True:
                self.sent = self.sent._replace(may=self._next)
                body = {"type": "fcm", "token": f"token {self._next}", "deviceId": self.device}
                self._connection.request("POST", "/me/subscribe", json.dumps(body), {**JSON, **self._person})
                answer = self._connection.getresponse()
                assert (answer.status, json.loads(answer.read())["RC"]) == (200, 0)
                self.sent = Sent(self._next, self._next)
                self._next += 1
        except (OSError, http.client.HTTPException):
            self._connection.close()


def stored(path: Path) -> dict[str, list[int]]:
    """Device → its tokens' numbers."""
    found: dict[str, list[int]] = {}
    with closing(sqlite3.connect(path)) as database:
        for device, token in database.execute('SELECT "deviceId", token FROM subscriptions'):
            found.setdefault(device, []).append(int(token.removeprefix("token ")))
    return found


def acknowledged(phones: list[Phone], first: list[int]) -> int:
    """How many calls were, since the phones began at `first`."""
    return sum(max(0, phone.sent.acknowledged - begin + 1) for phone, begin in zip(phones, first, strict=True))


def wrong(phones: Mapping[str, Sent], found: Mapping[str, list[int]]) -> list[str]:
    """What the store holds that no sound backend could: nothing, two rows, or neither of the two last tokens."""
    return [
        f"{device} has {found.get(device)}: {sent}"
        for device, sent in phones.items()
        if found.get(device, [0]) not in ([sent.acknowledged], [sent.may])
    ]


def live_and_die(path: Path, durability: Durability, first: list[int], goal: int) -> list[Phone]:
    """Have phones register tokens until `goal` were acknowledged, and kill the backend while they go on."""
    before = stored(path) if path.exists() else {}
    held = [max(before.get(f"phone {number}", [0])) for number in range(len(first))]
    with Embedded.start(path, durability=durability, jwt_secret=SECRET) as backend:
        with Remote(backend) as remote:
            person = remote.person("ann")
        phones = [Phone(backend, person, number, begin, held[number]) for number, begin in enumerate(first)]
        for phone in phones:
            phone.start()
        until(lambda: acknowledged(phones, first) > goal, "some load")
        os.kill(backend.pid, signal.SIGKILL)
        for phone in phones:
            phone.join()
    return phones


@pytest.mark.parametrize("durability", list(Durability))
def test_no_acknowledged_subscription_is_lost_or_doubled_by_twenty_kills(
    durability: Durability, tmp_path: Path
) -> None:
    path, rng = tmp_path / "im.sqlite", random.Random(20)
    first, faults, total = [1] * PHONES, list[str](), 0
    for _ in range(KILLS):
        phones = live_and_die(path, durability, first, rng.randrange(100, 300))
        faults += wrong({phone.device: phone.sent for phone in phones}, stored(path))
        total += acknowledged(phones, first)
        first = [phone.sent.may + 1 for phone in phones]
    assert faults == []
    assert total >= KILLS * 100


@pytest.mark.parametrize("rows", [[7], [8]])
def test_the_last_token_acknowledged_or_the_one_sent_after_it_may_be_left(rows: list[int]) -> None:
    assert wrong({"phone": Sent(acknowledged=7, may=8)}, {"phone": rows}) == []


@pytest.mark.parametrize("rows", [[6], [9], [], [7, 8], [7, 7]])
def test_anything_else_that_a_kill_leaves_behind_is_told(rows: list[int]) -> None:
    found = {"phone": rows} if rows else {}
    assert len(wrong({"phone": Sent(acknowledged=7, may=8)}, found)) == 1
