"""Calls to a running backend."""

import http.client
import json
import sqlite3
from typing import Any, Self
from urllib.parse import urlsplit

from simulator.backend import Embedded


class Remote:
    """One keep-alive connection to a backend."""

    def __init__(self, backend: Embedded) -> None:
        self.backend = backend
        where = urlsplit(backend.url)
        self.connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=10)

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
    database = sqlite3.connect(backend.database)
    try:
        query = 'SELECT type, "clientId", token FROM subscriptions WHERE "deviceId" = ? ORDER BY 1, 2, 3'
        return database.execute(query, (device,)).fetchall()
    finally:
        database.close()
