"""Calls to a running backend."""

import http.client
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from simulator.backend import Embedded
from tests.postgresql import rows_of


class Remote:
    """One keep-alive connection to a backend."""

    def __init__(self, backend: Embedded) -> None:
        self.backend = backend
        where = urlsplit(backend.url)
        self.connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def call(self, path: str, body: bytes, headers: dict[str, str], method: str = "POST") -> tuple[int, bytes]:
        self.connection.request(method, path, body, {"Content-Type": "application/json; charset=utf-8", **headers})
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def token(self, person: str) -> str:
        body = json.dumps({"_id": person, "issueAccessToken": True}).encode()
        status, answer = self.call("/admin/clients", body, {"IM-API-KEY": self.backend.api_key})
        assert status == 200
        return str(json.loads(answer)["result"]["token"])

    def person(self, name: str) -> dict[str, str]:
        return {"IM-CLIENT-KEY": self.backend.client_key, "IM-Authorization": self.token(name)}


def rows(backend: Embedded, device: str) -> list[tuple[Any, ...]]:
    """(type, clientId, token) of a device's subscriptions."""
    query = 'SELECT "deviceId", "type", "clientId", "token" FROM subscriptions ORDER BY 1, 2, 3, 4'
    if not isinstance(backend.store.where, Path):
        return [tuple(found) for device_id, *found in rows_of(backend.store.text, query) if device_id == device]
    with closing(sqlite3.connect(backend.store.where)) as database:
        return [tuple(found) for device_id, *found in database.execute(query) if device_id == device]
