"""What the senders make of odd tokens and of odd answers: an outcome, whatever it is, and nobody else is harmed."""

import asyncio
import json
from pathlib import Path

import pytest
from aioapns.connection import APNsTLSClientProtocol
from h2.exceptions import ProtocolError

from simulator.backend.push.apns import ApnsSender
from simulator.backend.push.fcm import FcmSender
from simulator.backend.push.outcome import BUSY, DEAD, DELIVERED, REFUSED, Fate, Outcome
from simulator.backend.push.providers import Providers
from simulator.backend.push.web import WebSender
from simulator.backend.pusher import Payload, Subscription
from simulator.gateways.process import Gateways
from simulator.tokens import Provenance, PushType, mint
from tests.simulator.backend.push.providers import answer, odd

GOOD = {kind.wire: mint(Provenance(1, 1, kind, 0, kind, 1)) for kind in PushType}
PATIENCE = 60.0  # seconds: a bound on a test that hangs, no measure of anything
HELLO = Payload(alert="Hello")


def to(kind: str, token: str) -> Subscription:
    return Subscription(kind, "d", "ann", token, 0)


ODD = [
    "a b",
    "a\r\nx: y",
    "\n",
    "\x7f",
    "ü",
    "<a9d0ed10 e9cfd022>",
    "a?b#c",
    "../../x",
    "%00",
    "null",
    "\U0001f4f1" * 200,
]


def test_a_token_of_any_characters_is_judged_and_delays_no_other(gateways: Gateways) -> None:
    async def run() -> list[Outcome]:
        sender = ApnsSender(Providers.read(gateways.file))
        tokens = [token for bad in ODD for token in (bad, GOOD["ios"])]
        try:
            # Whoever is left without an answer is BUSY.
            async with asyncio.timeout(PATIENCE):
                return await asyncio.gather(*(sender.send(to("ios", token), HELLO) for token in tokens))
        finally:
            await sender.close()

    assert asyncio.run(run()) == [DEAD, DELIVERED] * len(ODD)


@pytest.mark.parametrize(
    ("token", "key"),
    [
        ("\U0001f4f1" * 4096, None),
        (GOOD["ios"], "a\r\nx: y"),
        (GOOD["ios"], "\0"),
        (GOOD["ios"], "\x7f"),
    ],
)
def test_what_no_header_can_carry_is_refused_unsent(gateways: Gateways, token: str, key: str | None) -> None:
    async def run() -> Outcome:
        sender = ApnsSender(Providers.read(gateways.file))
        try:
            return await sender.send(to("ios", token), HELLO._replace(collapse_key=key))
        finally:
            await sender.close()

    assert asyncio.run(run()) == REFUSED


def test_a_connection_that_was_told_to_go_away_is_busy(gateways: Gateways, monkeypatch: pytest.MonkeyPatch) -> None:
    async def going(*_: object) -> None:
        raise ProtocolError("Invalid input ConnectionInputs.SEND_HEADERS in state ConnectionState.CLOSED")

    async def run() -> Outcome:
        sender = ApnsSender(Providers.read(gateways.file))
        monkeypatch.setattr(APNsTLSClientProtocol, "send_notification", going)
        try:
            return await sender.send(to("ios", GOOD["ios"]), HELLO)
        finally:
            await sender.close()

    assert asyncio.run(run()) == BUSY


KEYS = json.loads(GOOD["web"])["keys"]


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"p256dh": 7, "auth": None},
        {"p256dh": "", "auth": ""},
        {"p256dh": KEYS["p256dh"]},
        {"p256dh": "é", "auth": "é"},
        {**KEYS, "auth": "A"},
        {**KEYS, "p256dh": "B" * 87},
        {"p256dh": [1], "auth": {}},
    ],
)
def test_a_web_subscription_whose_keys_are_none_is_refused(gateways: Gateways, keys: object) -> None:
    token = json.dumps({**json.loads(GOOD["web"]), "keys": keys})

    async def run() -> Outcome:
        sender = WebSender(Providers.read(gateways.file))
        try:
            return await sender.send(to("web", token), HELLO)
        finally:
            await sender.close()

    assert asyncio.run(run()) == REFUSED


TEXT = "content-type: text/plain; charset="
NESTED = b"[" * 100_000


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (answer(201, body=b"\xff"), DELIVERED),
        (answer(201, f"{TEXT}utf-8", body=b"\xff"), DELIVERED),
        (answer(201, f"{TEXT}hex", body=b"abc"), DELIVERED),
        (answer(429, "retry-after: 1", body=b"\xff"), Outcome(Fate.BUSY, retry_after=1.0)),
        (answer(410, body=b"\xff"), DEAD),
        (answer(307, "location: /"), REFUSED),
        (b"no HTTP\r\n\r\n", BUSY),
    ],
)
def test_an_odd_answer_to_a_web_push_counts_by_its_status(
    gateways: Gateways, tmp_path: Path, said: bytes, outcome: Outcome
) -> None:
    async def run() -> Outcome:
        async with odd(gateways, tmp_path, said) as (providers, _):
            sender = WebSender(providers)
            try:
                return await sender.send(to("web", GOOD["web"]), HELLO)
            finally:
                await sender.close()

    assert asyncio.run(run()) == outcome


@pytest.mark.parametrize(
    ("said", "tokens", "outcome"),
    [
        (answer(404, body=NESTED), None, REFUSED),
        (answer(503, "retry-after: Mon, 01 Jan 2024 00:00:00 +99999999999999999999"), None, BUSY),
        (answer(307, "location: /"), None, REFUSED),
        *(
            (answer(200), answer(status, body=body), BUSY)
            for status, body in [
                (200, b""),
                (200, b"\xff"),
                (200, b"[]"),
                (200, b"null"),
                (200, NESTED),
                (200, b'{"access_token":"a","expires_in":"x"}'),
                (200, b'{"access_token":"a","expires_in":1e300}'),
                (200, '{"access_token":"ü","expires_in":3600}'.encode()),
                (400, b"[]"),
            ]
        ),
    ],
)
def test_an_odd_answer_of_googles_is_an_outcome(
    gateways: Gateways, tmp_path: Path, said: bytes, tokens: bytes | None, outcome: Outcome
) -> None:
    async def run() -> Outcome:
        async with odd(gateways, tmp_path, said, tokens=tokens) as (providers, _):
            sender = FcmSender(providers)
            try:
                return await sender.send(to("fcm", GOOD["fcm"]), HELLO)
            finally:
                await sender.close()

    assert asyncio.run(run()) == outcome
