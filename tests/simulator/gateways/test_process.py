"""The gateways as a process: both front ends, seen over TLS, and how they start, end, and start again."""

import json
import os
import resource
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from simulator.errors import CannotKnow, UsageError
from simulator.gateways import Gateways
from simulator.gateways.journal import read_deliveries
from simulator.gateways.reasons import REASONS
from tests.simulator.gateways.pushing import Pusher

PATIENCE = 60.0  # seconds: a bound on a test that hangs, no measure of anything


def wait_for(met: Callable[[], bool]) -> bool:
    """Whether it is met in time."""
    deadline = time.monotonic() + PATIENCE
    while not met() and time.monotonic() < deadline:
        time.sleep(0.01)
    return met()


@pytest.fixture(scope="module", params=["fast", "faulty"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateways]:
    with Gateways.start(tmp_path_factory.mktemp("gateways"), front=request.param) as gateways:
        yield gateways
        assert gateways.alive()
        assert gateways.log() == ""


@pytest.mark.parametrize("http2", [True, False])
def test_each_provider_accepts_a_push_and_tells_of_it_before_it_answers(running: Gateways, http2: bool) -> None:  # noqa: FBT001 - both
    with Pusher(running.ready, http2=http2) as pusher:
        before = len(pusher.deliveries())
        answers = []
        for number, push in enumerate((pusher.apns, pusher.fcm, pusher.web), 1):
            answers.append(push(number))
            assert len(pusher.deliveries()) == before + number
        told = pusher.deliveries(before)
    assert {answer.http_version for answer in answers} == {"HTTP/2" if http2 else "HTTP/1.1"}
    assert [answer.status_code for answer in answers] == [200, 200, 201]
    assert told[["provider", "topic", "status", "reason", "fleet", "owner", "sent"]].tolist() == [
        (1, 1, 200, 0, 7, 1, 1),
        (2, 3, 200, 0, 7, 1, 2),
        (3, 3, 201, 0, 7, 1, 3),
    ]
    assert told[["register", "value", "origin"]].tolist() == [
        (1 << 24 | kind, 1 << 20 | 1, 1 << 24 | kind) for kind in (1, 4, 5)
    ]
    assert (told["received"] <= told["answered"]).all()
    assert (told["answered"] <= time.monotonic_ns()).all()


def test_the_sandbox_is_another_environment(running: Gateways) -> None:
    with Pusher(running.ready) as pusher:
        answer = pusher.apns(server="sandbox")
    assert (answer.status_code, answer.json()) == (400, {"reason": "BadDeviceToken"})


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has this policy")
def test_the_threads_that_serve_take_turns_instead_of_preempting_each_other(running: Gateways) -> None:
    newest = max(thread.id for thread in psutil.Process(running.pid).threads())  # granian's: NumPy's are older
    assert [os.sched_getscheduler(thread) for thread in (running.pid, newest)] == [os.SCHED_BATCH] * 2


def test_deliveries_are_in_the_journal_soon_after(running: Gateways) -> None:
    with Pusher(running.ready) as pusher:
        pusher.apns(sent=2**40)
    journal = Path(running.ready["journal"])
    assert wait_for(lambda: 2**40 in read_deliveries(journal)["sent"].tolist())


def test_what_they_said_when_they_were_ready_stands_in_a_file_for_its_owner(running: Gateways) -> None:
    assert json.loads(running.file.read_text()) == running.ready
    assert running.file.stat().st_mode & 0o777 == 0o600
    assert running.ready["pid"] == running.pid
    public = httpx.get(running.ready["deliveries"]).json()
    assert public["web_push"]["vapid_public_key"] == running.ready["web_push"]["vapid_public_key"]
    assert str(running.ready["fcm"]["service_account"]) not in json.dumps(public)


def test_requests_that_are_odd_in_any_way_are_answered(running: Gateways) -> None:
    with Pusher(running.ready) as pusher:
        url, client = running.ready["apns"]["production"], pusher._client
        odd = [
            client.request("BREW", f"{url}/3/device/ab"),
            client.post(f"{url}/%ff/../x?a=%00", content=bytes(2_000_000)),
            client.post(f"{url}/3/device/ab", headers=[(b"apns-topic", b"\xff"), (b"apns-id", b"\xc3\xa9")]),
        ]
    assert [(answer.status_code, answer.json()["reason"]) for answer in odd] == [
        (405, "MethodNotAllowed"),
        (404, "BadPath"),
        (400, "MissingTopic"),
    ]


def test_a_push_cut_short_reaches_nobody_and_harms_nobody(running: Gateways) -> None:
    url, trusted = httpx.URL(running.ready["apns"]["production"]), running.ready["certificate_authority"]
    with Pusher(running.ready) as pusher:
        before = len(pusher.deliveries())
        plain = socket.create_connection((url.host, url.port or 0), PATIENCE)
        with ssl.create_default_context(cafile=trusted).wrap_socket(plain, server_hostname=url.host) as cut:
            cut.sendall(b"POST /3/device/ab HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{")
        assert pusher.apns().status_code == 200
        assert len(pusher.deliveries()) == before + 1


@pytest.mark.parametrize(
    ("fault", "seen", "kept"),
    [
        ("goaway=1", "RemoteProtocolError", []),
        ("reset=1", "RemoteProtocolError", [(0, "")]),
        ("slow=1:0.2", "200", [(200, "")]),
        ("stall=1:0.2", "200", [(200, "")]),
        ("throttle=1:3", "429", [(429, "TooManyRequests")]),
        ("unavailable=1", "503", [(503, "ServiceUnavailable")]),
        ("error=1", "500", [(500, "InternalServerError")]),
    ],
)
def test_each_fault_fires(tmp_path: Path, fault: str, seen: str, kept: list[tuple[int, str]]) -> None:
    with Gateways.start(tmp_path, front="faulty", faults=[fault]) as gateways, Pusher(gateways.ready) as pusher:
        began = time.monotonic()
        try:
            saw = str(pusher.apns().status_code)
        except httpx.HTTPError as error:
            saw = type(error).__name__
        took = time.monotonic() - began
        told = pusher.deliveries()
    assert saw == seen
    assert [(int(row["status"]), REASONS[row["reason"]]) for row in told] == kept
    late = 0.2 if fault.endswith("0.2") else 0.0
    assert took >= late
    assert all(row["answered"] - row["received"] >= late * 1e9 for row in told)


def test_a_device_takes_so_many_pushes_a_minute_of_each_provider(tmp_path: Path) -> None:
    with Gateways.start(tmp_path, most_per_minute=2) as gateways, Pusher(gateways.ready) as pusher:
        for push, accepted in ((pusher.apns, 200), (pusher.fcm, 200), (pusher.web, 201)):
            assert [push(number).status_code for number in range(3)] == [accepted, accepted, 429]


def test_tokens_are_good_where_it_is_said(tmp_path: Path) -> None:
    with Gateways.start(tmp_path, environment="sandbox") as gateways, Pusher(gateways.ready) as pusher:
        assert (pusher.apns(server="sandbox").status_code, pusher.apns().status_code) == (200, 400)
        assert gateways.ready["apns"]["environment"] == "sandbox"


def test_googles_tokens_are_given_whatever_the_pushes_meet(tmp_path: Path) -> None:
    with Gateways.start(tmp_path, front="faulty", faults=["error=1"]) as gateways, Pusher(gateways.ready) as pusher:
        assert pusher.access_token().status_code == 200
        assert (pusher.fcm().status_code, pusher.web().status_code) == (500, 500)


def test_killed_and_started_again_a_deployment_needs_no_new_configuration(tmp_path: Path) -> None:
    with Gateways.start(tmp_path) as first, Pusher(first.ready) as pusher:
        assert (pusher.apns(1).status_code, pusher.web(2).status_code) == (200, 201)
        assert wait_for(lambda: len(read_deliveries(Path(first.ready["journal"]))) == 2)
        os.kill(first.pid, signal.SIGKILL)
        assert wait_for(lambda: not first.alive())
    with Path(first.ready["journal"]).open("ab") as journal:
        journal.write(b"a record cut short")
    ports = {"apns": httpx.URL(first.ready["apns"]["production"]).port or 0}
    with Gateways.start(tmp_path, ports=ports) as second, Pusher({**second.ready, **_configured(first)}) as pusher:
        assert (pusher.apns(3).status_code, pusher.web(4).status_code) == (200, 201)
        assert pusher.deliveries()["sent"].tolist() == [1, 2, 3, 4]
        assert pusher.deliveries(3)["sent"].tolist() == [4]


def _configured(gateways: Gateways) -> dict[str, object]:
    """What a deployment took from the ready line, but for ports that were not kept."""
    return {"certificate_authority": gateways.ready["certificate_authority"], "apns": gateways.ready["apns"]}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, None])
def test_told_to_end_they_do_and_leave_nothing_unwritten(tmp_path: Path, number: signal.Signals | None) -> None:
    command = [sys.executable, "-m", "simulator.gateways", f"--folder={tmp_path}", "--front=faulty"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        ready = json.loads(process.stdout.readline())
        with Pusher(ready) as pusher:
            pusher.apns()  # and its connection stays open
            if number is None:
                process.stdin.close()
            else:
                process.send_signal(number)
            assert process.wait(PATIENCE) == 0
        assert (process.stdout.read(), process.stderr.read()) == (b"", b"")
    assert len(read_deliveries(Path(ready["journal"]))) == 1


PARENT = """
import sys
from pathlib import Path
from simulator.gateways import Gateways
gateways = Gateways.start(Path(sys.argv[1]))
print(gateways.pid, flush=True)
sys.stdin.read()
"""


def test_they_end_with_whoever_started_them_however_that_dies(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    assert wait_for(lambda: not _runs(child))


def _runs(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False


def test_a_journal_that_cannot_be_written_ends_them_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "deliveries.bin").write_bytes(bytes(64 * 100))
    with Gateways.start(tmp_path) as gateways, Pusher(gateways.ready) as pusher:
        resource.prlimit(gateways.pid, resource.RLIMIT_FSIZE, (64 * 100, 64 * 100))
        assert pusher.apns().status_code == 200
        assert wait_for(lambda: not gateways.alive())
        assert gateways.log() == (
            f"{tmp_path}/deliveries.bin cannot be written (File too large), so nobody would know what was delivered: "
            "make room, and start the gateways again."
        )


def test_a_folder_serves_one_at_a_time(tmp_path: Path) -> None:
    with Gateways.start(tmp_path), pytest.raises(UsageError) as caught:
        Gateways.start(tmp_path)
    assert str(caught.value) == f"{tmp_path} is in use by other gateways: end them, or name another --folder."


def test_ports_in_use_are_told_all_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, socket.create_server(("127.0.0.1", 0)) as too:
        apns, fcm = taken.getsockname()[1], too.getsockname()[1]
        with pytest.raises(UsageError) as caught:
            Gateways.start(tmp_path, ports={"apns": apns, "fcm": fcm})
    assert str(caught.value).splitlines() == [
        f"port {apns} on 127.0.0.1 is in use: name another with --apns-port, or 0 for any free one.",
        f"port {fcm} on 127.0.0.1 is in use: name another with --fcm-port, or 0 for any free one.",
    ]


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--host 192\.0\.2\.1 --apns-port 0 cannot be listened on"):
        Gateways.start(tmp_path, host="192.0.2.1")


def test_credentials_that_are_none_end_the_start_and_not_the_folder(tmp_path: Path) -> None:
    (tmp_path / "vapid.pem").write_text("none")
    with pytest.raises(UsageError, match=r"vapid\.pem does not hold a private key"):
        Gateways.start(tmp_path)
    (tmp_path / "vapid.pem").unlink()
    with Gateways.start(tmp_path) as gateways:
        assert gateways.alive()
    gateways.stop()


def test_a_file_that_cannot_be_read_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "vapid.pem").mkdir()
    with pytest.raises((UsageError, CannotKnow)) as caught:
        Gateways.start(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}/vapid.pem cannot be used (Is a directory): make it readable and writable, "
        "or name another --folder."
    )
