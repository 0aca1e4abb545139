"""The way to a deployment is checked whole before anything starts, and what is secret of it is never said."""

from pathlib import Path
from typing import Any

import pytest

from locustfiles._assignment import Assignment
from locustfiles._settings import Settings
from locustfiles._way import Way
from simulator.client import Timeouts
from simulator.errors import UsageError
from tests.simulator.client.certificates import Authority

KEYS = {"client_key": "ck", "api_key": "ak"}
PLAIN = {"host": "http://127.0.0.1:9", **KEYS}
SECURE = {"host": "https://127.0.0.1:9", **KEYS}


def parsed(folder: Path, **options: Any) -> Settings:  # noqa: ANN401 - as typed
    return Settings.parse({"results": str(folder / "runs"), **options})


def refused(folder: Path, **options: Any) -> list[str]:  # noqa: ANN401 - as typed
    with pytest.raises(UsageError) as error:
        parsed(folder, **options)
    return str(error.value).splitlines()


@pytest.mark.parametrize(
    ("options", "timeouts"),
    [
        ({}, Timeouts(10.0, 10.0, 10.0, 10.0)),
        ({"timeout": "2"}, Timeouts(2.0, 2.0, 2.0, 2.0)),
        ({"timeout": "60"}, Timeouts(10.0, 10.0, 60.0, 60.0)),
        (
            {"connect_timeout": "1", "handshake_timeout": "2", "first_byte_timeout": "3", "timeout": "4"},
            Timeouts(1.0, 2.0, 3.0, 4.0),
        ),
        ({"connect_timeout": "30", "handshake_timeout": ""}, Timeouts(30.0, 10.0, 10.0, 10.0)),
    ],
)
def test_each_phase_has_its_time_out(tmp_path: Path, options: dict[str, str], timeouts: Timeouts) -> None:
    assert parsed(tmp_path, **SECURE, **options).way.timeouts == timeouts


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({**PLAIN, "timeout": "0"}, "--timeout 0 is out of range: give a number above 0, up to 86400."),
        ({**PLAIN, "connect_timeout": "-1"}, "--connect-timeout -1 is out of range"),
        ({**SECURE, "handshake_timeout": "soon"}, "--handshake-timeout soon is not a number."),
        ({**PLAIN, "first_byte_timeout": "nan"}, "--first-byte-timeout nan is out of range"),
        ({**PLAIN, "first_byte_timeout": "11"}, "--first-byte-timeout 11 is beyond --timeout 10"),
        (
            {**PLAIN, "handshake_timeout": "1"},
            "--handshake-timeout is for https, and --host http://127.0.0.1:9 is none",
        ),
        ({**PLAIN, "insecure": True}, "--insecure is for https, and --host http://127.0.0.1:9 is none"),
        ({"proxy": "http://127.0.0.1:1"}, "--proxy is for a deployment, and no --host was given"),
        ({"insecure": True}, "--insecure is for a deployment, and no --host was given"),
        ({**SECURE, "ca_file": "nowhere.pem"}, "--ca-file nowhere.pem cannot be used: No such file or directory. Give"),
        ({**SECURE, "ca_file": "/"}, "--ca-file / cannot be used: Is a directory. Give a PEM file of certificates."),
        (
            {**SECURE, "ca_file": __file__},
            "cannot be used: it holds no certificate in PEM that can be read. Give a PEM",
        ),
        ({**SECURE, "ca_file": "a\0b"}, "it holds no certificate in PEM that can be read"),
    ],
)
def test_a_way_that_makes_no_sense_is_refused_in_one_sentence(
    options: dict[str, Any], complaint: str, tmp_path: Path
) -> None:
    (line,) = refused(tmp_path, **options)
    assert complaint in line


@pytest.mark.parametrize(
    ("proxy", "shown"),
    [
        ("ftp://proxy.example:21", "ftp://proxy.example:21"),
        ("https://me:hunter2@proxy.example", "https://proxy.example"),
        ("http://me:hunter2@", "http://"),
        ("http://me:hunter2", "http://me"),
        ("http://me:hunt/er2@proxy.example:3128/", "http://proxy.example:3128"),
        ("http://me:hunter2@proxy.example/x?password=hunter2", "http://proxy.example"),
        ("me:hunter2@proxy.example:3128", "without http:// in front"),
        ("me:hunter2", "without http:// in front"),
        ("http://me:hunter2@proxy.example:no", "http://proxy.example"),
        ("http://[::1:3128", "http://["),
    ],
)
def test_a_proxy_that_is_none_is_refused_without_its_user_and_password(proxy: str, shown: str, tmp_path: Path) -> None:
    (line,) = refused(tmp_path, **PLAIN, proxy=proxy)
    assert line.startswith(f"--proxy {shown} is no HTTP proxy: give one such as http://proxy.example.com:3128")
    assert "hunter" not in line
    assert "hunt/er" not in line


def test_a_proxys_password_goes_to_the_workers_and_nowhere_else(tmp_path: Path) -> None:
    settings = parsed(tmp_path, **PLAIN, proxy="http://me:hunter2@[::1]:3128")
    assert settings.way.proxy == "http://me:hunter2@[::1]:3128"
    assert settings.way.shown == settings.again["proxy"] == "http://[::1]:3128"
    assignment = Assignment("run", "f", "f", 1, 1, "http://127.0.0.1:9", "t", "ck", way=settings.way)
    assert "hunter2" not in repr(settings) + repr(assignment) + str(settings.again)
    assert Assignment.from_plain(assignment.to_plain()) == assignment


def test_whom_to_trust_is_said_once(tmp_path: Path) -> None:
    ca_file = str(Authority(tmp_path).ca_file)
    (line,) = refused(tmp_path, **SECURE, ca_file=ca_file, insecure=True)
    assert line == f"--insecure trusts anybody, and --ca-file {ca_file} says whom to trust: give one of them."
    (line,) = refused(tmp_path, **PLAIN, ca_file=ca_file)
    assert line.startswith("--ca-file is for https, and --host http://127.0.0.1:9 is none")
    assert parsed(tmp_path, **SECURE, ca_file=ca_file).again == {"ca_file": ca_file}
    assert parsed(tmp_path, **SECURE, insecure=True).again == {"insecure": True}


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    wrong = {"proxy": "socks5://p", "ca_file": "nowhere.pem", "insecure": True, "first_byte_timeout": "20"}
    assert len(refused(tmp_path, **SECURE, **wrong, connect_timeout="x", devices="0")) == 6


def test_a_call_lasts_as_long_as_its_phases(tmp_path: Path) -> None:
    way = Way(connect=1.0, handshake=2.0, first_byte=3.0, answer=4.0)
    for host, seconds in (("http://127.0.0.1:9", 5.0), ("https://127.0.0.1:9", 7.0)):
        assert Assignment("run", str(tmp_path), "f", 1, 1, host, "t", "ck", way=way).longest_call == seconds
    # In a tunnel, three round trips of four times the p95 of 2 s each come on top.
    assert Assignment("run", str(tmp_path), "f", 1, 1, host, "t", "ck", way=way, network="train").longest_call == 31.0


def test_the_environment_s_proxy_is_for_deployments_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSHFLEET_PROXY", "http://me:hunter2@proxy.example:3128")
    embedded = parsed(tmp_path, proxy="http://me:hunter2@proxy.example:3128")
    assert (embedded.way.proxy, embedded.again) == ("", {})
    assert parsed(tmp_path, **PLAIN, proxy="http://me:hunter2@proxy.example:3128").way.shown
    monkeypatch.setenv("PUSHFLEET_PROXY", "http://[no proxy at all")
    assert parsed(tmp_path, proxy="http://[no proxy at all").way.proxy == ""
