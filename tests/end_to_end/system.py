"""The whole system as one test sees it: backend processes over a store, the gateways, and phones that push to them."""

import base64
import json
import socket
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from simulator.backend import Embedded
from simulator.gateways.delivery import DELIVERY, Provider, Topic
from simulator.gateways.process import Gateways
from simulator.tokens import Provenance, PushType, mint
from tests.simulator.backend.remote import Remote

FLEET = 77
PATIENCE = 30.0  # seconds: a bound on a test that hangs, no measure of anything


class Arrived(NamedTuple):
    """A delivery, by what was pushed where."""

    provider: Provider
    topic: Topic
    token: str  # "device/type/generation"


class Device(NamedTuple):
    """One app installation of a person."""

    number: int
    device_id: str
    types: tuple[PushType, ...]

    def token(self, push_type: PushType, generation: int = 1) -> str:
        """What the OS hands out."""
        return mint(Provenance(FLEET, 1, self.number, 0, push_type, generation))

    def arrived(self, push_type: PushType, generation: int = 1) -> Arrived:
        """The delivery that this token must get, if it gets one."""
        providers = {PushType.IOS: Provider.APNS, PushType.IOS_VOIP: Provider.APNS, PushType.WEB: Provider.WEB}
        topics = {PushType.IOS: Topic.ALERT, PushType.IOS_VOIP: Topic.VOIP}
        return Arrived(
            providers.get(push_type, Provider.FCM),
            topics.get(push_type, Topic.MESSAGE),
            f"{self.number}/{push_type.wire}/{generation}",
        )


class System:
    """A backend and its providers; `remote` calls the backend."""

    def __init__(self, backend: Embedded, gateways: Gateways, remote: Remote) -> None:
        self.backend, self.gateways, self.remote = backend, gateways, remote
        self._seen = 0
        self._keys: dict[str, dict[str, str]] = {}

    def person(self, name: str) -> dict[str, str]:
        """The headers of a person who is logged in."""
        if name not in self._keys:
            self._keys[name] = self.remote.person(name)
        return self._keys[name]

    def call(self, path: str, body: dict[str, Any], headers: dict[str, str], method: str = "POST") -> dict[str, Any]:
        """A call on a connection of its own, so that any of the backend's processes may answer; it must succeed."""
        with Remote(self.backend) as remote:
            status, answer = remote.call(path, json.dumps(body).encode(), headers, method)
        assert status == 200, answer
        said: dict[str, Any] = json.loads(answer)
        assert said["RC"] == 0
        return dict(said["result"])

    def subscribe(self, person: str, device: Device, push_type: PushType, generation: int = 1) -> None:
        """Register a token."""
        body = {"type": push_type.wire, "token": device.token(push_type, generation), "deviceId": device.device_id}
        self.call("/me/subscribe", body, self.person(person))

    def unsubscribe(self, person: str, device: Device, push_type: PushType) -> int:
        """Remove a registration; how many rows that took."""
        body = {"type": push_type.wire, "deviceId": device.device_id}
        return int(self.call("/me/unsubscribe", body, self.person(person))["n"])

    def push(self, *people: str) -> list[Arrived]:
        """Push to people, wait until the push is closed, and return what reached the gateways, in order."""
        body = {"clients": people, "payload": {"alert": "Hello", "badge": 1}}
        result, arrived = self._pushed("/push/push2clients", body)
        assert result == {}
        return arrived

    def say(self, room: str, sender: str) -> list[Arrived]:
        """Say something in a room, wait until its push is closed, and return what reached the gateways, in order."""
        body = {"room": room, "sender": sender, "message": "Hello", "messageType": "text"}
        return self._pushed("/messages", body)[1]

    @contextmanager
    def looking_at(self, person: str, device: Device) -> Iterator[None]:
        """A device of a person's has a live socket until the context ends."""
        where = urlsplit(self.backend.url)
        key = base64.b64encode(b"sixteen bytes ..").decode()
        headers = {**self.person(person), "IM-Device-ID": device.device_id, "Sec-WebSocket-Key": key}
        asked = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        upgrade = "Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        with socket.create_connection((str(where.hostname), where.port), timeout=PATIENCE) as connection:
            connection.sendall(f"GET /socket HTTP/1.1\r\n{upgrade}{asked}\r\n".encode())
            assert connection.recv(65536).startswith(b"HTTP/1.1 101 ")
            yield

    def _pushed(self, path: str, body: dict[str, Any]) -> tuple[dict[str, Any], list[Arrived]]:
        with Remote(self.backend) as remote:
            remote.connection.request(
                "POST",
                path,
                json.dumps(body).encode(),
                {"Content-Type": "application/json; charset=utf-8", **self.platform},
            )
            answer = remote.connection.getresponse()
            said = json.loads(answer.read())
            assert said["RC"] == 0
            number = answer.headers["im-push-id"]
        entry = self._closed(number)
        found = self._new_deliveries()
        assert entry["attempted"] == entry["selected"] == len(found)
        return said["result"], sorted(_arrived(row) for row in found)

    @property
    def platform(self) -> dict[str, str]:
        """The platform's headers."""
        return {"IM-API-KEY": self.backend.api_key}

    def _closed(self, number: str) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        while not (entry := self.call(f"/admin/pushes/{number}", {}, self.platform, "GET"))["closed"]:
            assert time.monotonic() < deadline, f"the push was never closed: {entry}"
            time.sleep(0.02)
        return entry

    def _new_deliveries(self) -> NDArray[np.void]:
        where = f"{self.gateways.ready['deliveries']}/deliveries?after={self._seen}"
        with urllib.request.urlopen(where) as answer:  # noqa: S310 - our own server on loopback
            found = np.frombuffer(answer.read(), DELIVERY)
        self._seen += len(found)
        return found


def _arrived(row: np.void) -> Arrived:
    kind = PushType(int(row["origin"]) & 0xFF)
    text = f"{int(row['origin']) >> 24}/{kind.wire}/{int(row['value']) & 0xFFFFF}"
    return Arrived(Provider(int(row["provider"])), Topic(int(row["topic"])), text)


@contextmanager
def system(folder: Path, store: str, *, processes: int, **options: Any) -> Iterator[System]:  # noqa: ANN401 - those of Embedded.start
    """Gateways and a backend of several processes over `store`."""
    with (
        Gateways.start(folder / "gateways") as gateways,
        Embedded.start(store, processes=processes, providers=gateways.file, **options) as backend,
        Remote(backend) as remote,
    ):
        yield System(backend, gateways, remote)


def expected(*devices: tuple[Device, Sequence[int]]) -> list[Arrived]:
    """Each device's types at these generations, in order."""
    return sorted(
        device.arrived(kind, generation)
        for device, generations in devices
        for kind, generation in zip(device.types, generations, strict=True)
    )
