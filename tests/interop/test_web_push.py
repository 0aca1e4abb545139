"""web-push 3, from npm: endpoints bear real hosts' names."""

import json
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from simulator.gateways.delivery import Topic
from simulator.tokens import PushType
from simulator.tokens.mark import Mark
from tests.interop import nodejs
from tests.interop.world import World, address


def said(world: World, subscription: str, text: str, key: str = "", **options: Any) -> dict[str, Any]:  # noqa: ANN401 - web-push's
    """What the script is told: everything goes to the gateway, signed with the key in a PEM file."""
    web = world.ready["web_push"]
    host, port = address(web["url"])
    vapid = {"subject": web["subject"], **pair(Path(key or web["vapid_private_key"]))}
    return {
        "host": host,
        "port": port,
        "ca": world.ready["certificate_authority"],
        "subscription": json.loads(subscription),
        "text": text,
        "redirected": True,
        "options": {"vapidDetails": vapid, "TTL": 60, **options},
    }


def pair(file: Path) -> dict[str, str]:
    """A key of P-256 as web-push takes it: point and scalar in base64url."""
    private = load_pem_private_key(file.read_bytes(), None)
    assert isinstance(private, EllipticCurvePrivateKey)
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    scalar = private.private_numbers().private_value.to_bytes(32)
    return {"publicKey": base64(point), "privateKey": base64(scalar)}


def base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def send(node: Path, world: World, subscription: str, text: str = "Hello", **options: Any) -> dict[str, Any]:  # noqa: ANN401 - web-push's
    return nodejs.play(node, "web-push.js", said(world, subscription, text, **options))


def refused(status: int) -> dict[str, Any]:
    return {"name": "WebPushError", "status": status}


@pytest.mark.parametrize("form", ["chrome", "firefox", "safari"])
def test_a_message_is_delivered_and_the_browser_decrypts_it(node: Path, world: World, form: str) -> None:
    browser, mark = world.device(PushType.WEB), Mark(world.fleet.number, 7, 12345)
    assert send(node, world, browser.token(form), f"Hello {mark.text}", urgency="high", topic="news") == {"status": 201}
    assert (world.seen(), world.marks()) == ([browser.seen(Topic.MESSAGE, 201)], [mark])


def test_a_dead_subscription_is_gone(node: Path, world: World) -> None:
    browser = world.device(PushType.WEB)
    dead = browser.token()
    browser.rotate()
    assert send(node, world, dead) == refused(410)
    assert world.seen() == [browser.seen(Topic.MESSAGE, 410, "GONE", behind=1)]


def test_a_subscription_that_nobody_has_is_not_found(node: Path, world: World) -> None:
    assert send(node, world, world.device(PushType.WEB).token(ahead=1)) == refused(404)


@pytest.mark.parametrize(("form", "status"), [("chrome", 403), ("firefox", 401), ("safari", 400)])
def test_another_vapid_key_is_refused_as_each_service_has_it(node: Path, world: World, form: str, status: int) -> None:
    subscription = world.device(PushType.WEB).token(form)
    assert send(node, world, subscription, key=world.ready["apns"]["key"]) == refused(status)


def test_a_message_that_is_too_long_is_refused(node: Path, world: World) -> None:
    assert send(node, world, world.device(PushType.WEB).token(), "x" * 3994) == refused(413)


def test_services_in_trouble_are_told_apart_and_when_to_try_again(
    node: Path, throttled: World, unavailable: World
) -> None:
    subscription = throttled.device(PushType.WEB).token()
    assert send(node, throttled, subscription) == {**refused(429), "after": "1"}
    assert send(node, unavailable, subscription) == {**refused(503), "after": "1"}


def test_without_a_redirection_the_process_ends_before_a_name_is_looked_up(node: Path, world: World) -> None:
    told = {**said(world, world.device(PushType.WEB).token("safari"), "Hello"), "redirected": False}
    done = nodejs.attempt(node, "web-push.js", told)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "A client wanted to look up web.push.apple.com, which is not this machine.\n"
    assert world.seen() == []


@pytest.mark.parametrize(
    ("script", "what"),
    [
        ("require('dns').promises.resolve4('push.invalid')", "look up push.invalid"),
        ("new (require('dns').Resolver)().resolve('push.invalid', () => {})", "look up push.invalid"),
        ("require('net').connect(443, 'push.invalid')", "look up push.invalid"),
        ("require('net').connect({ host: '192.0.2.1', port: 443 })", "connect to 192.0.2.1"),
        ("require('tls').connect({ host: '192.0.2.1', port: 443 })", "connect to 192.0.2.1"),
    ],
)
def test_the_watch_ends_what_leaves_this_machine(node: Path, tmp_path: Path, script: str, what: str) -> None:
    (tmp_path / "planted.js").write_text(script)
    done = nodejs.attempt(node, str(tmp_path / "planted.js"), {})
    assert (done.returncode, done.stderr) == (3, f"A client wanted to {what}, which is not this machine.\n")


def test_a_server_that_the_authority_does_not_vouch_for_is_not_talked_to(
    node: Path, world: World, throttled: World
) -> None:
    told = said(world, world.device(PushType.WEB).token(), "Hello")
    another = {**told, "ca": throttled.ready["certificate_authority"]}
    assert nodejs.play(node, "web-push.js", another)["code"] == "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
    moved = {**told["subscription"], "endpoint": told["subscription"]["endpoint"].replace(".com", ".example")}
    assert nodejs.play(node, "web-push.js", {**told, "subscription": moved})["code"] == "ERR_TLS_CERT_ALTNAME_INVALID"
    assert world.seen() == []
