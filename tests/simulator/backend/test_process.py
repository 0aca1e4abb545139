"""The backend as a process: how it starts, what it survives, and how it ends."""

import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from simulator import child
from simulator.backend import BUGS, Embedded
from simulator.errors import CannotKnow, UsageError
from tests.simulator.backend.remote import Remote, rows

# A run that starts a backend, tells its pid, and then does nothing until it is killed.
RUN = """
import sys
from pathlib import Path
from simulator.backend import Embedded
backend = Embedded.start(Path(sys.argv[1]))
print(backend.pid, backend.url, flush=True)
sys.stdin.read()
"""

UNDER_GEVENT = """
from gevent import monkey
monkey.patch_all()
import gevent, sys
from pathlib import Path
from simulator.backend import Embedded
ticks = []
def tick():
    while True:
        ticks.append(1)
        gevent.sleep(0.001)
gevent.spawn(tick)
with Embedded.start(Path(sys.argv[1])) as backend:
    print(len(ticks) > 5, backend.alive())
print(backend.alive())
"""


def _subscribe(remote: Remote, headers: dict[str, str], device: str, token: str) -> int:
    body = f'{{"type":"ios","token":"{token}","deviceId":"{device}"}}'.encode()
    return remote.call("/me/subscribe", body, headers)[0]


def test_overlapping_upserts_over_many_connections_leave_one_row_a_slot(backend: Embedded, remote: Remote) -> None:
    headers = remote.person("ann")
    together = threading.Barrier(8)
    statuses: list[int] = []

    def phone(number: int) -> None:
        with Remote(backend) as caller:
            for turn in range(25):
                together.wait(60)
                statuses.append(_subscribe(caller, headers, f"raced-{turn}", f"t-{number}-{turn}"))

    phones = [threading.Thread(target=phone, args=(number,)) for number in range(8)]
    for thread in phones:
        thread.start()
    for thread in phones:
        thread.join()
    assert statuses == [200] * 200
    assert [len(rows(backend, f"raced-{turn}")) for turn in range(25)] == [1] * 25


def test_everything_acknowledged_survives_a_kill_in_mid_load(tmp_path: Path) -> None:
    backend = Embedded.start(tmp_path / "b.sqlite")
    with Remote(backend) as remote:
        headers = remote.person("ann")
    acknowledged: list[str] = []
    enough = threading.Event()

    def phone(number: int) -> None:
        with Remote(backend) as caller, suppress(OSError, http.client.HTTPException):
            for turn in count():
                if _subscribe(caller, headers, f"{number}-{turn}", "t") == 200:
                    acknowledged.append(f"{number}-{turn}")
                if len(acknowledged) > 500:
                    enough.set()

    phones = [threading.Thread(target=phone, args=(number,)) for number in range(6)]
    for thread in phones:
        thread.start()
    assert enough.wait(120)
    os.kill(backend.pid, signal.SIGKILL)
    for thread in phones:
        thread.join()
    backend.stop()
    database = sqlite3.connect(tmp_path / "b.sqlite")
    kept = {device for (device,) in database.execute('SELECT "deviceId" FROM subscriptions')}
    database.close()
    assert len(acknowledged) > 500
    assert set(acknowledged) <= kept


def test_it_goes_on_with_the_database_and_the_client_tokens_of_an_earlier_one(tmp_path: Path) -> None:
    keys = {"client_key": "c", "api_key": "a", "jwt_secret": "s"}
    path = tmp_path / "b.sqlite"
    with Embedded.start(path, **keys) as first, Remote(first) as remote:  # type: ignore[arg-type]
        headers = remote.person("ann")
        assert _subscribe(remote, headers, "d", "t1") == 200
    with Embedded.start(path, **keys) as second, Remote(second) as remote:  # type: ignore[arg-type]
        assert _subscribe(remote, headers, "d", "t2") == 200
        assert rows(second, "d") == [("ios", "ann", "t2")]


def test_after_a_stop_the_log_is_merged_and_the_port_is_free(tmp_path: Path) -> None:
    with Embedded.start(tmp_path / "b.sqlite") as backend, Remote(backend) as remote:
        _subscribe(remote, remote.person("ann"), "d", "t")
        assert backend.alive()
    assert not backend.alive()
    assert [path.name for path in tmp_path.iterdir()] == ["b.sqlite"]
    backend.stop()  # a second time is no error
    port = urlsplit(backend.url).port
    assert port is not None
    with Embedded.start(tmp_path / "b.sqlite", port=port) as again:
        assert again.url == backend.url


@pytest.mark.parametrize("end", [Embedded.kill, Embedded.end])
@pytest.mark.parametrize("processes", [1, 2])
def test_it_is_started_again_over_the_same_store_on_the_same_port(
    tmp_path: Path, processes: int, end: Callable[[Embedded], None]
) -> None:
    with Embedded.start(tmp_path / "b.sqlite", processes=processes) as backend:
        with Remote(backend) as remote:
            person = remote.person("ann")
            assert _subscribe(remote, person, "d", "t1") == 200
        url, first = backend.url, backend.pids
        backend.stand_by()
        backend.wait_for_successors()
        end(backend)
        assert not backend.alive()
        backend.start_again()
        assert (backend.url, len(backend.pids), set(backend.pids) & set(first)) == (url, processes, set())
        with Remote(backend) as remote:
            assert _subscribe(remote, person, "d", "t2") == 200
            assert rows(backend, "d") == [("ios", "ann", "t2")]
        end(backend)
        backend.start_again()  # nothing stood by
        backend.stand_by()
    assert not backend.alive()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(tmp_path: Path, number: signal.Signals) -> None:
    with Embedded.start(tmp_path / "b.sqlite") as backend, Remote(backend) as idle:
        idle.token("ann")  # and the connection stays open
        os.kill(backend.pid, number)
        assert backend._children[0]._process.wait(60) == 0


def test_it_does_not_outlive_a_run_that_is_killed(tmp_path: Path) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", RUN, str(tmp_path / "b.sqlite")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    assert run.stdin is not None
    assert run.stdout is not None
    url = run.stdout.readline().split()[1].decode()
    where = urlsplit(url)
    watching = socket.create_connection((str(where.hostname), where.port or 0), timeout=20)
    run.kill()
    run.wait()
    assert watching.recv(1) == b""  # the backend has closed the connection, unasked
    watching.close()
    run.stdin.close()
    run.stdout.close()


def test_it_starts_under_gevents_monkey_patching_without_stopping_the_others(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", UNDER_GEVENT, str(tmp_path / "b.sqlite")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=Path(__file__).parents[3],
    )
    assert (run.stdout.split(), run.stderr) == (["True", "True", "False"], "")


def test_a_port_in_use_is_told_and_not_shared(backend: Embedded, tmp_path: Path) -> None:
    port = urlsplit(backend.url).port
    assert port is not None
    with pytest.raises(UsageError) as raised:
        Embedded.start(tmp_path / "b.sqlite", port=port)
    assert str(raised.value) == (
        f"port {port} on 127.0.0.1 is in use: name another with --port, or 0 for any free one."
    )


def test_an_unknown_bug_is_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        Embedded.start(tmp_path / "b.sqlite", bug="millennium")
    assert str(raised.value) == f"--bug millennium is unknown: choose from {', '.join(BUGS)}."


def test_a_database_that_cannot_be_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        Embedded.start(tmp_path / "nowhere" / "b.sqlite")
    with pytest.raises(UsageError, match="is a folder: name a file in it"):
        Embedded.start(tmp_path)
    (tmp_path / "letter").write_text("no database" * 1000)
    with pytest.raises(UsageError, match="file is not a database"):
        Embedded.start(tmp_path / "letter")


def _executable(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return str(path)


def test_a_death_at_the_start_is_told_with_the_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", _executable(tmp_path / "python", "echo no libraries >&2; exit 3"))
    with pytest.raises(CannotKnow) as raised:
        Embedded.start(tmp_path / "b.sqlite")
    assert str(raised.value) == "the embedded backend died at the start with exit code 3:\nno libraries"


def test_one_that_never_gets_ready_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", _executable(tmp_path / "python", "exec sleep 600"))
    monkeypatch.setattr(child, "_START_SECONDS", 0.1)
    with pytest.raises(CannotKnow, match=r"was not ready after 0\.1 s"):
        Embedded.start(tmp_path / "b.sqlite")


def test_keys_are_not_among_the_arguments_that_every_user_can_read(backend: Embedded) -> None:
    arguments = subprocess.list2cmdline(backend._children[0]._process.args)  # type: ignore[arg-type]
    assert backend.client_key not in arguments
    assert backend.api_key not in arguments


def test_half_a_request_changes_nothing(backend: Embedded, remote: Remote) -> None:
    body = b'{"type":"ios","token":"t","deviceId":"halved"}'
    headers = remote.person("ann")
    where = urlsplit(backend.url)
    half = socket.create_connection((str(where.hostname), where.port or 0), timeout=60)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    half.sendall(
        f"POST /me/subscribe HTTP/1.1\r\nHost: x\r\n{lines}Content-Length: {len(body) + 1}\r\n\r\n".encode() + body
    )
    half.shutdown(socket.SHUT_WR)
    half.recv(4096)  # an answer or none; but the server is done with it
    half.close()
    assert rows(backend, "halved") == []
