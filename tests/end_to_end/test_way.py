"""A deployment behind TLS, and behind a proxy: who is trusted, what is said of it, and what stays secret."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.commands import LOCUST, pushfleet
from tests.end_to_end.relays import Relay, http_proxy, tls_front
from tests.end_to_end.test_host import LOAD, host, served
from tests.end_to_end.web_ui import LOCUSTFILE, runs
from tests.simulator.client.certificates import Authority

__all__ = ["served"]  # the fixture


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def front(served: dict[str, Any], authority: Authority) -> Iterator[Relay]:
    with tls_front(authority.issue("127.0.0.1"), int(served["url"].rpartition(":")[2])) as front:
        yield front


@pytest.fixture
def secured(served: dict[str, Any], front: Relay) -> tuple[str, ...]:
    """The options that name the deployment behind its front, and read its store."""
    query = "SELECT type, deviceId, clientId, token FROM subscriptions"
    read = ("--readback", f"sqlite:{served['database']}?query={query}")
    return (*host({**served, "url": f"https://127.0.0.1:{front.port}"}), *read)


def test_with_its_authority_a_deployment_behind_tls_is_judged_and_without_nothing_is_sent_to_it(
    secured: tuple[str, ...], front: Relay, authority: Authority, tmp_path: Path
) -> None:
    same = (*secured, "--fleet", "mine", *LOAD)
    stopped = pushfleet("run", *same, cwd=tmp_path)
    assert (stopped.code, front.received) == (2, 0)
    assert "unable to get local issuer certificate. Give --ca-file the authority that vouches" in stopped.err

    trusting = pushfleet("run", *same, "--ca-file", authority.ca_file, cwd=tmp_path)
    assert (trusting.code, trusting.anomalies) == (0, set()), trusting.err
    assert not any("TLS" in warning for warning in trusting.summary["warnings"])

    before = front.received
    assert before > 0
    doubting = pushfleet("run", *same, cwd=tmp_path)  # everybody is logged in since the run before
    operations = doubting.summary["operations"]
    assert doubting.code == 1
    assert operations["total"] == operations["fail"] > 0
    assert operations["faults"] == {"tls": operations["total"]}
    assert front.received == before


def test_locust_reaches_a_deployment_through_a_proxy_and_keeps_its_password_to_itself(
    secured: tuple[str, ...], front: Relay, authority: Authority, tmp_path: Path
) -> None:
    with http_proxy() as proxy:
        done = pushfleet(
            *("-f", LOCUSTFILE, "--headless", "-u", 60, "-r", 60, "-t", "3s", "--devices", 100),
            *(*secured, "--ca-file", authority.ca_file, "--connect-timeout", 9),
            cwd=tmp_path,
            command=LOCUST,
            PUSHFLEET_PROXY=f"http://me:hunter2@127.0.0.1:{proxy.port}",
        )
    assert done.code == 0, done.err
    assert len(proxy.heads) == front.connections > 0
    place = f"127.0.0.1:{front.port}"
    assert set(proxy.heads) == {
        f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\nProxy-Authorization: Basic bWU6aHVudGVyMg==\r\n\r\n"
    }
    (folder,) = runs(tmp_path)
    said = [path.read_bytes() for path in folder.rglob("*") if path.is_file()] + [(done.out + done.err).encode()]
    assert not any(secret in text for text in said for secret in (b"hunter2", b"bWU6aHVudGVyMg"))
    assert f"--proxy http://127.0.0.1:{proxy.port}" in (folder / "report.html").read_text()


def test_a_run_that_trusts_anybody_says_so_loudly(secured: tuple[str, ...], tmp_path: Path) -> None:
    run = pushfleet("run", *secured, *LOAD, "--insecure", "--processes", 2, cwd=tmp_path)
    assert (run.code, run.anomalies) == (0, set()), run.err
    warning = run.summary["warnings"][0]
    assert warning.startswith("TLS is not verified (--insecure): whoever sits between here and https://127.0.0.1:")
    assert f"WARNING: {warning}" in run.err
    (folder,) = runs(tmp_path)
    for name in ("report.html", "summary.md", "junit.xml"):
        assert warning in (folder / name).read_text(), name


def test_a_proxy_that_is_not_there_is_told_by_name_before_the_load(secured: tuple[str, ...], tmp_path: Path) -> None:
    with http_proxy() as gone:
        pass
    run = pushfleet("run", *secured, *LOAD, "--proxy", f"http://me:hunter2@127.0.0.1:{gone.port}", cwd=tmp_path)
    assert run.code == 2
    assert f"--proxy http://127.0.0.1:{gone.port} cannot be reached: Connection refused" in run.err
    assert "hunter2" not in run.err
