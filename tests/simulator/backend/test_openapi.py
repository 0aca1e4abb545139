"""The document says what the backend does: by its routes, its answers, and whatever schemathesis tries."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from simulator.backend import Embedded
from simulator.backend.openapi import document
from simulator.backend.policy import DEFAULT, Policy
from simulator.gateways.process import Gateways
from tests.postgresql import Postgresql
from tests.simulator.backend.local import PLATFORM, Local, opened, play
from tests.simulator.backend.remote import Remote

OTHER = Policy.parse(
    {
        "unknown-type": "accept",
        "over-long": "413",
        "non-string": "cast",
        "bad-client-key": "401",
        "missing-client-id": "404",
        "unknown-client": "accept",
    }
)


@pytest.mark.parametrize("policy", [DEFAULT, OTHER])
def test_the_document_and_the_routes_are_the_same(tmp_path: Path, policy: Policy) -> None:
    async def scene(local: Local) -> None:
        described = document(policy)
        said = {
            (path, method.upper()): operation
            for path, methods in described["paths"].items()
            for method, operation in methods.items()
        }
        assert said.keys() == {(path, method) for path, methods in local.app.routes().items() for method in methods}
        for (path, _), operation in said.items():
            places = [one["name"] for one in operation["parameters"] if one["in"] == "path"]
            assert places == re.findall(r"\{(\w+)\}", path)
        names = [operation["operationId"] for operation in said.values()]
        assert len(names) == len(set(names))
        answer = await local.reply("/openapi.json", b"", {}, "GET")
        assert json.loads(answer.body) == described

    play(tmp_path / "b.sqlite", None, scene, policy=policy)


def _schema(operation: dict[str, Any], status: int) -> dict[str, Any]:
    content: dict[str, Any] = operation["responses"][str(status)]["content"]["application/json"]["schema"]
    return content


@pytest.mark.parametrize("policy", [DEFAULT, OTHER])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"type": "ios", "token": "t", "deviceId": "d"}, 200),
        ({"type": "pigeon", "token": "t", "deviceId": "d"}, (400, 200)),
        ({"type": "ios", "token": 7, "deviceId": "d"}, (400, 200)),
        ({"type": "ios", "token": "t" * 4097, "deviceId": "d"}, (400, 413)),
        ({"type": "ios", "token": "", "deviceId": "d"}, 400),
        ({"type": "ios", "token": "a\0b", "deviceId": "d"}, 400),
        ({"type": "ios", "deviceId": "d"}, 400),
        ({"type": "ios", "token": "t", "deviceId": "d", "clientId": []}, 400),
    ],
)
def test_a_body_is_refused_exactly_where_its_schema_refuses_it(
    tmp_path: Path, policy: Policy, body: dict[str, Any], status: int | tuple[int, int]
) -> None:
    expected = status if isinstance(status, int) else status[policy is OTHER]

    async def scene(local: Local) -> None:
        operation = document(policy)["paths"]["/me/subscribe"]["post"]
        answer = await local.reply("/me/subscribe", body, local.person("ann"))
        assert answer.status == expected
        jsonschema.validate(json.loads(answer.body), _schema(operation, answer.status))
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        assert jsonschema.Draft202012Validator(schema).is_valid(body) == (expected == 200)

    play(tmp_path / "b.sqlite", None, scene, policy=policy)


def test_the_flat_shape_of_the_rate_limit_is_described(tmp_path: Path) -> None:
    async def scene(local: Local) -> None:
        await local.reply("/admin/clients", {"_id": "ann"}, PLATFORM)
        answer = await local.reply("/admin/clients", {"_id": "ann"}, PLATFORM)
        assert answer.status == 429
        operation = document(DEFAULT)["paths"]["/admin/clients"]["post"]
        jsonschema.validate(json.loads(answer.body), _schema(operation, 429))
        assert {name for name, _ in answer.headers} == set(operation["responses"]["429"]["headers"])

    async def run() -> None:
        async with opened(tmp_path / "b.sqlite", api_limit=1) as local:
            await scene(local)

    asyncio.run(run())


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def whole(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """A backend that can push, to nobody: nobody has a device with a real token."""
    folder = tmp_path_factory.mktemp("whole")
    with Gateways.start(folder / "gateways") as gateways:
        if request.param == "sqlite":
            with Embedded.start(folder / "b.sqlite", providers=gateways.file) as backend:
                yield backend
        else:
            server: Postgresql = request.getfixturevalue("postgresql")
            with server.database() as url, Embedded.start(url, providers=gateways.file) as backend:
                yield backend


def _tried(backend: Embedded, folder: Path, headers: dict[str, str], *filters: str, examples: int = 25) -> str:
    """What schemathesis has to say after trying some operations with these headers; it must find nothing."""
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{backend.url}/openapi.json"),
        *("--checks=all", "--generation-deterministic", "--generation-with-security-parameters=false", "--no-color"),
        "--exclude-path=/socket",  # no HTTP client can: test_sockets does
        *(f"--max-examples={examples}", "--continue-on-failure", "--suppress-health-check=all"),
        *(f"--header={name}:{value}" for name, value in headers.items()),
        *filters,
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    return done.stdout


def test_schemathesis_finds_nothing_as_a_person(whole: Embedded, tmp_path: Path) -> None:
    with Remote(whole) as remote:
        person = remote.person("tester")
    said = _tried(whole, tmp_path, person, "--exclude-path-regex=^/(admin|push|openapi|rooms$|me/logout)")
    assert re.search(r"Operations: +14 selected", said)
    assert whole.log() == ""


def test_schemathesis_finds_nothing_as_the_platform(whole: Embedded, tmp_path: Path) -> None:
    # Which token is to be revoked is in the body: it is no resource that is expected to be there.
    tried = "--include-path-regex=^/(admin|push|openapi|rooms$)", "--exclude-checks=ensure_resource_availability"
    said = _tried(whole, tmp_path, {"IM-API-KEY": whole.api_key}, *tried)
    assert re.search(r"Operations: +7 selected", said)
    assert whole.log() == ""


def test_schemathesis_finds_nothing_about_logging_out(whole: Embedded, tmp_path: Path) -> None:
    with Remote(whole) as remote:
        person = remote.person("leaver")
    _tried(whole, tmp_path, person, "--include-path=/me/logout", "--phases=coverage,fuzzing", examples=5)
    assert whole.log() == ""


def test_schemathesis_does_find_what_the_document_does_not_say(whole: Embedded, tmp_path: Path) -> None:
    described = document(DEFAULT)
    described["paths"] = {"/me/badge": described["paths"]["/me/badge"]}
    del described["paths"]["/me/badge"]["get"]["responses"]["401"]
    (tmp_path / "wrong.json").write_text(json.dumps(described))
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", str(tmp_path / "wrong.json"), f"--url={whole.url}"),
        *("--checks=all", "--generation-deterministic", "--max-examples=2", "--no-color", "--phases=coverage"),
        f"--header=IM-CLIENT-KEY:{whole.client_key}",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "Undocumented status code" in done.stdout
