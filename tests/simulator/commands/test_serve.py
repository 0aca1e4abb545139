import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from simulator.backend import BUGS
from simulator.commands.serve import serve
from simulator.errors import UsageError

SERVE = "import sys; from simulator.commands.serve import serve; serve(standalone_mode=False)"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_one_line_of_json_serves_and_ends_with_0(number: signal.Signals) -> None:
    environment = {**os.environ, "PUSHFLEET_CLIENT_KEY": "c", "PUSHFLEET_API_KEY": "a"}
    with subprocess.Popen(
        [sys.executable, "-c", SERVE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        env=environment,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        ready = json.loads(process.stdout.readline())
        assert sorted(ready) == ["api_key", "client_key", "database", "gateways", "store", "url"]
        assert (ready["client_key"], ready["api_key"]) == ("c", "a")
        host, _, port = ready["url"].removeprefix("http://").partition(":")
        socket.create_connection((host, int(port)), timeout=60).close()
        assert Path(ready["database"]).exists()
        process.send_signal(number)
        assert process.wait(60) == 0
        assert (process.stdout.read(), process.stderr.read()) == (b"", b"")
    assert not Path(ready["database"]).parent.exists()


def test_several_wrong_options_are_told_at_once() -> None:
    result = CliRunner().invoke(serve, ["--port", "x", "--bug", "millennium", "--durability", "eternal"])
    assert isinstance(result.exception, UsageError)
    assert str(result.exception).splitlines() == [
        "--port x is out of range: give a number up to 65535, or 0 for any free one.",
        f"--bug millennium is unknown: choose from {', '.join(BUGS)}.",
        "--durability eternal is unknown: choose from power, kill.",
    ]


def test_a_port_in_use_is_one_clear_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = CliRunner().invoke(serve, ["--port", str(port)])
    assert isinstance(result.exception, UsageError)
    assert result.exception.exit_code == 64
    assert str(result.exception) == (
        f"port {port} on 127.0.0.1 is in use: name another with --port, or 0 for any free one."
    )


def test_the_open_questions_are_listed_with_their_answers() -> None:
    result = CliRunner().invoke(serve, ["--policies"])
    assert result.exit_code == 0
    assert [line.split("=")[0] for line in result.output.splitlines()] == [
        *("key", "same-token", "device-cap", "dead-tokens", "unknown-type", "over-long", "non-string"),
        *("bad-client-key", "missing-client-id", "unknown-client", "client-limit"),
    ]


def test_policy_and_limit_reach_the_backend() -> None:
    environment = {**os.environ, "PUSHFLEET_CLIENT_KEY": "c", "PUSHFLEET_API_KEY": "a"}
    options = "['--policy', 'bad-client-key=401', '--api-limit', '1']"
    command = SERVE.replace("serve(", f"serve({options}, ")
    with subprocess.Popen(
        [sys.executable, "-c", command], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3], env=environment
    ) as process:
        assert process.stdout is not None
        where = urlsplit(json.loads(process.stdout.readline())["url"])
        statuses = []
        for headers in ({"IM-CLIENT-KEY": "wrong"}, {"IM-API-KEY": "a"}, {"IM-API-KEY": "a"}):
            connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=60)
            connection.request("POST", "/me/subscribe", b"{}", {"Content-Type": "application/json", **headers})
            statuses.append(connection.getresponse().status)
            connection.close()
        process.send_signal(signal.SIGTERM)
    assert statuses == [401, 400, 429]
