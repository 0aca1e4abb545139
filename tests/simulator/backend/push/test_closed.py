"""The pipeline fails closed: it connects to the gateways and to nobody else, and looks no name up."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.backend.push.outcome import DELIVERED, REFUSED, Outcome
from simulator.backend.push.providers import Providers, address_of
from simulator.backend.push.web import WebSender
from simulator.backend.pusher import Payload, Subscription
from simulator.errors import UsageError
from simulator.gateways.process import Gateways
from simulator.tokens import Provenance, PushType, mint
from tests.simulator.backend.push.providers import answer, elsewhere, odd

ROOT = Path(__file__).parents[4]
# Audit events cannot be taken back, so that each watch is a process of its own. Whatever the libraries do, it is seen.
WATCHED = """
import asyncio, ipaddress, json, sys
from pathlib import Path

def is_local(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

def watch(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0]
        if not is_local(host.decode() if isinstance(host, bytes) else str(host)):
            print("looked up", host, flush=True)
    if event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        if not is_local(arguments[1][0]):
            print("connected to", arguments[1], flush=True)

sys.addaudithook(watch)
from simulator.backend.push.pipeline import Pipeline
from simulator.backend.push.providers import Providers
from simulator.backend.pusher import Payload
from simulator.backend.sqlite import SqliteDatabase
from simulator.backend.store import Store

async def main():
    store = Store(SqliteDatabase(Path(sys.argv[2])))
    await store.prepare()
    for device, (kind, token) in enumerate(json.loads(sys.argv[3])):
        await store.subscribe("ann", kind, f"device {device}", token)
    pipeline = Pipeline.to(store, Providers.read(Path(sys.argv[1])))
    await pipeline.prepare()
    number = await pipeline.push(["ann"], Payload(alert="Hello"))
    while not (entry := await pipeline.entry(number))["closed"]:
        await asyncio.sleep(0.02)
    print(entry["delivered"], entry["failed"])
    await pipeline.close()
    await store.database.close()

asyncio.run(main())
"""
TOKENS = [(kind.wire, mint(Provenance(1, 1, kind, 0, kind, 1))) for kind in PushType]
FCM = next(token for token in TOKENS if token[0] == "fcm")
UNMAPPED = ("web", TOKENS[-1][1].replace("fcm.googleapis.com", "push.example.com"))


def watched(
    gateways: Gateways, folder: Path, tokens: list[tuple[str, str]], before: str = "", file: Path | None = None
) -> list[str]:
    script = WATCHED.replace("asyncio.run(main())", f"{before}\nasyncio.run(main())")
    done = subprocess.run(
        [sys.executable, "-c", script, str(file or gateways.file), str(folder / "im.sqlite"), json.dumps(tokens)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_pushes_to_all_providers_touch_loopback_alone(gateways: Gateways, tmp_path: Path) -> None:
    assert watched(gateways, tmp_path, TOKENS) == ["5 0"]


def test_a_web_push_host_that_is_not_mapped_is_refused_without_a_look_up(gateways: Gateways, tmp_path: Path) -> None:
    assert watched(gateways, tmp_path, [*TOKENS, UNMAPPED]) == ["5 1"]


def test_the_watch_sees_a_look_up(gateways: Gateways, tmp_path: Path) -> None:
    planted = "import socket\ntry:\n    socket.getaddrinfo('push.invalid', 443)\nexcept OSError:\n    pass"
    assert watched(gateways, tmp_path, TOKENS, planted) == ["looked up push.invalid", "5 0"]


def test_an_unmapped_host_is_no_busy_provider(gateways: Gateways) -> None:
    async def run() -> list[object]:
        sender = WebSender(Providers.read(gateways.file))
        tokens = (TOKENS[-1][1], UNMAPPED[1], "no subscription", '{"endpoint":"http://fcm.googleapis.com/","keys":{}}')
        try:
            return [await sender.send(Subscription("web", "d", "ann", token, 0), Payload()) for token in tokens]
        finally:
            await sender.close()

    assert asyncio.run(run()) == [DELIVERED, REFUSED, REFUSED, REFUSED]


@pytest.mark.parametrize("url", ["https://api.push.apple.com:443", "http://127.0.0.1:80", "https://127.0.0.1", "x"])
def test_an_address_that_would_have_to_be_looked_up_is_none(url: str) -> None:
    with pytest.raises(ValueError, match=r"https URL|IPv4 or IPv6"):
        address_of(url)


def test_a_file_that_names_a_real_provider_is_refused(gateways: Gateways, tmp_path: Path) -> None:
    said = json.loads(gateways.file.read_text())
    said["apns"]["production"] = "https://api.push.apple.com:443"
    (tmp_path / "gateways.json").write_text(json.dumps(said))
    with pytest.raises(UsageError, match="describes no gateways"):
        Providers.read(tmp_path / "gateways.json")


@pytest.mark.parametrize("of", ["token", "message"])
@pytest.mark.parametrize(
    ("status", "where"), [(301, "http://192.0.2.1/x"), (307, "https://192.0.2.1/x"), (308, "https://push.invalid/x")]
)
def test_nobody_is_followed_to_where_a_redirect_points(
    gateways: Gateways, tmp_path: Path, status: int, where: str, of: str
) -> None:
    away = answer(status, f"location: {where}")

    async def run() -> list[str]:
        async with odd(gateways, tmp_path, away, tokens=away if of == "token" else None):
            return await asyncio.to_thread(
                watched, gateways, tmp_path, [FCM, TOKENS[-1]], file=tmp_path / "gateways.json"
            )

    assert asyncio.run(run()) == ["0 2"]


@pytest.mark.parametrize("uri", ["https://oauth2.googleapis.com/token", "http://127.0.0.1:80/token", None])
def test_an_account_whose_tokens_are_to_be_had_elsewhere_is_refused(
    gateways: Gateways, tmp_path: Path, uri: str | None
) -> None:
    file = elsewhere(gateways, tmp_path, "https://127.0.0.1:9", str(uri))
    with pytest.raises(UsageError, match="no service account of gateways"):
        Providers.read(file)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://[",
        "https://fcm.googleapis.com:99999/x",
        "https://fcm.googleapis.com:+443/x",
        "https://fcm.googleapis.com:/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com./x",
        "https://a@fcm.googleapis.com/x",
        "https://a:b@fcm.googleapis.com:443/x",
        "https://192.0.2.1%2f@fcm.googleapis.com/x",
        "https://[fcm.googleapis.com]/x",
        "https://fcm\u3002googleapis.com/x",
        "https://192.0.2.1/fcm.googleapis.com",
        "//fcm.googleapis.com/x",
    ],
)
def test_an_endpoint_that_is_no_mapped_host_to_the_letter_is_refused_unsent(gateways: Gateways, endpoint: str) -> None:
    token = json.dumps({**json.loads(TOKENS[-1][1]), "endpoint": endpoint})
    assert sent_web(gateways, token) == REFUSED


def sent_web(gateways: Gateways, token: str) -> Outcome:
    async def run() -> Outcome:
        sender = WebSender(Providers.read(gateways.file))
        try:
            return await sender.send(Subscription("web", "d", "ann", token, 0), Payload())
        finally:
            await sender.close()

    return asyncio.run(run())
