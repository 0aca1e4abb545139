"""Requests that no HTTP client sends, over a real connection: cut short, too long, without end."""

import contextlib
import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from simulator.backend import Embedded
from tests.simulator.backend.remote import Remote, rows

BODY = b'{"type":"ios","token":"t","deviceId":"raw","clientId":"ann"}'
START = b"POST /me/subscribe HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
MOST = 1024 * 1024


@contextlib.contextmanager
def connected(backend: Embedded) -> Iterator[socket.socket]:
    where = urlsplit(backend.url)
    with socket.create_connection((str(where.hostname), where.port), timeout=60) as connection:
        yield connection


def received(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """An answer's status, headers and body; what the server has not sent when it closes is missing from the body."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        part = connection.recv(65536)
        assert part, f"the server closed after {answer!r}"
        answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers["content-length"]) and (part := connection.recv(65536)):
        body += part
    return int(first.split()[1]), headers, body


def answered(backend: Embedded, request: bytes, *, ends: bool = False) -> tuple[int, str]:
    """The status and error code of the answer to these bytes; `ends` sends nothing more after them."""
    with connected(backend) as connection:
        connection.sendall(request)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        status, _, body = received(connection)
    said = json.loads(body)
    assert said["RC"] == status
    return status, said["error"]["code"]


@pytest.fixture
def platform(backend: Embedded, remote: Remote) -> bytes:
    remote.token("ann")
    return START + f"IM-API-KEY: {backend.api_key}\r\n".encode()


@pytest.mark.parametrize("sent", [0, 1, len(BODY) // 2, len(BODY) - 1])
def test_a_body_cut_short_is_refused(backend: Embedded, platform: bytes, sent: int) -> None:
    length = b"Content-Length: %d\r\n\r\n" % len(BODY)
    assert answered(backend, platform + length + BODY[:sent], ends=True) == (400, "INVALID_PARAMETER")
    assert rows(backend, "raw") == []


def test_a_whole_object_is_not_taken_for_a_whole_body(backend: Embedded, platform: bytes) -> None:
    longer = b"Content-Length: %d\r\n\r\n" % (len(BODY) + 1)
    assert answered(backend, platform + longer + BODY, ends=True) == (400, "INVALID_PARAMETER")
    # nor are chunks without an end
    chunk = b"%x\r\n%b\r\n" % (len(BODY), BODY)
    assert answered(backend, platform + CHUNKED + b"\r\n" + chunk, ends=True) == (411, "LENGTH_REQUIRED")
    assert rows(backend, "raw") == []


def test_a_client_that_goes_away_in_mid_body_leaves_no_row_and_no_word_in_the_log(
    backend: Embedded, platform: bytes, remote: Remote
) -> None:
    for _ in range(20):
        with connected(backend) as connection:
            connection.sendall(platform + b"Content-Length: 5000\r\n\r\n" + BODY)
    remote.token("ann")  # whatever they left is done with before this
    assert rows(backend, "raw") == []
    assert backend.alive()
    assert backend.log() == ""


@pytest.mark.parametrize("length", [MOST + 1, 10**15])
def test_a_body_that_says_to_be_too_long_is_not_read(backend: Embedded, platform: bytes, length: int) -> None:
    with connected(backend) as connection:
        connection.sendall(platform + b"Content-Length: %d\r\n\r\n" % length)
        status, headers, body = received(connection)
        assert (status, json.loads(body)["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")
        assert headers["connection"] == "close"
        assert connection.recv(1) == b""


def test_a_length_may_have_any_number_of_zeros_in_front(backend: Embedded, platform: bytes) -> None:
    zeros = b"Content-Length: " + b"0" * 5000
    assert answered(backend, platform + zeros + b"2\r\n\r\n{}") == (400, "MISSING_PARAMETER")
    assert answered(backend, platform + zeros + b"%d\r\n\r\n" % (MOST + 1)) == (413, "PAYLOAD_TOO_LARGE")


def test_a_body_without_end_is_not_read(backend: Embedded, platform: bytes) -> None:
    with connected(backend) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(platform + CHUNKED + b"\r\n")
        for _ in range(1000):
            connection.sendall(b"10000\r\n" + b"a" * 65536 + b"\r\n")
        pytest.fail("65 MB were taken")
    assert backend.alive()


def test_the_longest_body_is_read(backend: Embedded, platform: bytes) -> None:
    body = b'{"type":"ios","token":"%b"}' % (b"a" * (MOST - 25))
    body += b" " * (MOST - len(body))
    length = b"Content-Length: %d\r\n\r\n" % MOST
    assert answered(backend, platform + length + body) == (400, "MISSING_PARAMETER")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (b"Content-Type: \xff\r\n", (400, "MISSING_PARAMETER")),
        (b"IM-API-KEY: \xff\r\nContent-Type: application/json\r\n", (403, "INVALID_CLIENT_KEY")),
        (b"IM-API-KEY: " + b"k" * 8000 + b"\r\n", (401, "INVALID_API_KEY")),
        (b"IM-API-KEY:\r\n", (401, "INVALID_API_KEY")),
        (b"IM-CLIENT-KEY: \x80\r\nIM-Authorization: \xff\r\n", (403, "INVALID_CLIENT_KEY")),
    ],
)
def test_odd_headers_are_refused(backend: Embedded, line: bytes, answer: tuple[int, str]) -> None:
    key = b"" if b"IM-" in line else f"IM-API-KEY: {backend.api_key}\r\n".encode()
    start = START.rpartition(b"Content-Type")[0]
    request = start + key + line + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
    assert answered(backend, request) == answer
    assert rows(backend, "raw") == []


@pytest.mark.parametrize("device", [b"\xff", "ü".encode(), b"d" * 256])
def test_a_device_that_cannot_be_read_is_not_passed_over_in_logging_out(
    backend: Embedded, remote: Remote, device: bytes
) -> None:
    ann = remote.person("ann")
    person = "".join(f"{name}: {value}\r\n" for name, value in ann.items()).encode()
    request = b"POST /me/logout HTTP/1.1\r\nHost: x\r\n" + person + b"IM-Device-ID: " + device + b"\r\n\r\n"
    assert answered(backend, request) == (400, "INVALID_PARAMETER")
    assert remote.call("/me/badge", b"", ann, "GET")[0] == 200  # and the token is good for another attempt


@pytest.mark.parametrize("path", [b"/rooms/%ff/join", b"/rooms/%00/join", b"/rooms/%2F/join", b"/rooms/%2541/join"])
def test_paths_that_are_hard_to_decode_are_not_found(backend: Embedded, remote: Remote, path: bytes) -> None:
    person = "".join(f"{name}: {value}\r\n" for name, value in remote.person("ann").items()).encode()
    status, code = answered(backend, b"POST " + path + b" HTTP/1.1\r\nHost: x\r\n" + person + b"\r\n")
    assert (status, code) in {(404, "NOT_FOUND"), (404, "ROOM_NOT_FOUND")}


def test_a_path_is_decoded_once(backend: Embedded, remote: Remote) -> None:
    platform = {"IM-API-KEY": backend.api_key}
    for name in ("a%41/ü", "aA/ü"):
        remote.call("/admin/clients", json.dumps({"_id": name}).encode(), platform)
    for path, status in (("a%2541%2F%C3%BC", 200), ("aA%2F%C3%BC", 200), ("a%252541", 404)):
        assert remote.call(f"/admin/clients/{path}/token", b"", platform, "DELETE")[0] == status


@pytest.mark.parametrize(
    "method", [b"GET", b"PUT", b"DELETE", b"PATCH", b"OPTIONS", b"TRACE", b"PROPFIND", b"SUBSCRIBE"]
)
def test_methods_that_a_path_has_not_are_not_allowed(backend: Embedded, method: bytes) -> None:
    assert answered(backend, method + START[4:] + b"\r\n") == (405, "METHOD_NOT_ALLOWED")
