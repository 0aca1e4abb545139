"""@parse/node-apn 8 and web-push 3, from npm: they run where Node is installed."""

import json
import shutil
import subprocess
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from simulator.tokens import Provenance, PushType, mint
from simulator.tokens.mark import Mark
from tests.interop.conftest import RUN, World

SOURCES = Path(__file__).with_name("node")
PATIENCE = 120  # seconds: a bound on a test that hangs
WRITE = Provenance(9, 2, 7, 1, PushType.WEB, 3)

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or shutil.which("npm") is None,
    reason="not run: Node and npm are not installed, which @parse/node-apn and web-push need",
)


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the scripts and the packages of the lock file."""
    folder = tmp_path_factory.mktemp("node")
    for source in SOURCES.iterdir():
        if source.is_file():
            shutil.copy(source, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def play(folder: Path, script: str, said: dict[str, Any]) -> dict[str, Any]:
    """What a script prints."""
    done = subprocess.run(
        ["node", script, json.dumps(said)], cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def apn(node: Path, world: World, token: str, topic: str = "topic", push_type: str = "alert") -> dict[str, Any]:
    apns = world.ready["apns"]
    host, _, port = apns["production"].removeprefix("https://").partition(":")
    where = {"address": host, "port": int(port), "ca": world.ready["certificate_authority"]}
    who = {"key": apns["key"], "keyId": apns["key_id"], "teamId": apns["team_id"]}
    return play(node, "apn.js", {**where, **who, "topic": apns[topic], "token": token, "pushType": push_type})


def test_node_apn_delivers(node: Path, world: World) -> None:
    assert apn(node, world, world.token(PushType.IOS))["sent"] == 1
    assert world.last() == (world.device(PushType.IOS) << 24 | 1, RUN | 2, 200)
    assert apn(node, world, world.token(PushType.IOS_VOIP), "voip_topic", "voip")["sent"] == 1
    assert world.last() == (world.device(PushType.IOS_VOIP) << 24 | 2, RUN | 2, 200)


def test_node_apn_is_told_of_dead_and_bad_tokens(node: Path, world: World) -> None:
    dead = apn(node, world, world.token(PushType.IOS, generation=1))
    assert (dead["sent"], dead["status"], dead["reason"]) == (0, "410", "Unregistered")
    assert isinstance(dead["timestamp"], int)
    bad = apn(node, world, "ab" * 32)
    assert (bad["sent"], bad["status"], bad["reason"]) == (0, "400", "BadDeviceToken")


def web_push(node: Path, world: World, subscription: str, **wrong: str) -> dict[str, Any]:
    web = world.ready["web_push"]
    host, _, port = web["url"].removeprefix("https://").partition(":")
    private = cast("EllipticCurvePrivateKey", load_pem_private_key(Path(web["vapid_private_key"]).read_bytes(), None))
    scalar = private.private_numbers().private_value.to_bytes(32)
    said = {
        "host": host,
        "port": int(port),
        "ca": world.ready["certificate_authority"],
        "subscription": json.loads(subscription),
        "text": f"Hello {Mark(WRITE.fleet, 7, 12345).text}",
        "publicKey": web["vapid_public_key"],
        "privateKey": urlsafe_b64encode(scalar).rstrip(b"=").decode(),
    }
    return play(node, "web-push.js", {**said, "subject": web["subject"], **wrong})


@pytest.mark.parametrize("browser", ["chrome", "firefox", "safari"])
def test_web_push_delivers_and_the_browser_decrypts(node: Path, fleetless: World, browser: str) -> None:
    assert web_push(node, fleetless, mint(WRITE, form=browser)) == {"status": 201}
    row = fleetless.deliveries()[-1]
    assert (int(row["register"]), int(row["value"]), int(row["owner"])) == (WRITE.register, WRITE.value, 7)


def test_web_push_is_told_of_a_subscription_that_nobody_has(node: Path, fleetless: World) -> None:
    token = mint(WRITE)
    endpoint = json.loads(token)["endpoint"]
    told = web_push(node, fleetless, token.replace(endpoint[-8:], "AAAAAAAA"))
    assert told == {"name": "WebPushError", "status": 404}
