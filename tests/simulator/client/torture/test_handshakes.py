"""TLS that cannot be: nothing was sent, and the error says why."""

import datetime as dt
import os
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from gevent import socket

from simulator.client import Fault, HttpTransport, Outcome, Request
from simulator.client.transport import TlsFailed
from tests.simulator.client.certificates import BEGAN, ENDS, Authority, self_signed, server_context
from tests.simulator.client.scripted_server import Peer, Script, ScriptedServer
from tests.simulator.client.torture.exposed import OK, Wire, fail, info, subscribe

HERE: Final = "127.0.0.1"
PAST: Final = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
FUTURE: Final = dt.datetime(2098, 1, 1, tzinfo=dt.UTC)


def _expired(authority: Authority, _: Path) -> Path:
    return authority.issue(HERE, ends=PAST)


def _not_yet(authority: Authority, _: Path) -> Path:
    return authority.issue(HERE, began=FUTURE, ends=ENDS)


def _of_another_host(authority: Authority, _: Path) -> Path:
    return authority.issue("192.0.2.1")


def _of_another_authority(_: Authority, folder: Path) -> Path:
    return Authority(folder, "another").issue(HERE, began=BEGAN)


def _of_a_namesake(_: Authority, folder: Path) -> Path:
    return Authority(folder, "authority").issue(HERE)


def _self_signed(_: Authority, folder: Path) -> Path:
    return self_signed(folder, HERE)


UNTRUSTED = {
    "expired": (_expired, "certificate has expired"),
    "not yet valid": (_not_yet, "certificate is not yet valid"),
    "wrong host": (_of_another_host, "IP address mismatch"),
    "untrusted": (_of_another_authority, "unable to get local issuer certificate"),
    "by a namesake": (_of_a_namesake, "certificate signature failure"),
    "self-signed": (_self_signed, "self-signed certificate"),
}


@pytest.mark.parametrize(("make", "told"), UNTRUSTED.values(), ids=UNTRUSTED)
def test_a_certificate_that_cannot_be_trusted_is_refused_and_nothing_is_sent(
    make: Callable[[Authority, Path], Path], told: str, authority: Authority, tmp_path: Path
) -> None:
    wire = Wire(server_context(make(authority, tmp_path)), str(authority.ca_file))
    with wire.serve() as server, wire.reach(server.url) as transport:
        assert [subscribe(transport) for _ in range(2)] == [fail(Fault.TLS)] * 2
        with pytest.raises(TlsFailed, match=told):
            transport.send(Request("/me/subscribe", b"", b"{}"))
        assert (server.connections, server.requests) == (3, [])
    with wire.serve() as server, HttpTransport(server.url, verify=False) as transport:
        assert subscribe(transport) == OK  # there was nothing else that was wrong


def _saying(words: bytes) -> Script:
    def script(peer: Peer) -> None:
        peer.sock.recv(65536)
        peer.send(words)

    return script


NO_TLS = {
    "an answer": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "zeros": bytes(1000),
    "an alert": b"\x15\x03\x03\x00\x02\x02\x28",
    "an empty record": b"\x16\x03\x03\x00\x00",
    "a record of no end": b"\x16\x03\x03\xff\xff" + bytes(70_000),
}


@pytest.mark.parametrize("words", NO_TLS.values(), ids=NO_TLS)
def test_a_server_that_speaks_no_tls_is_sent_nothing(words: bytes, tls: Wire) -> None:
    with ScriptedServer(_saying(words)) as server, tls.reach(server.url.replace("http:", "https:")) as transport:
        assert subscribe(transport) == fail(Fault.TLS)
        assert (server.connections, server.requests) == (1, [])


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_a_server_that_wants_a_certificate_of_ours_never_reads_a_request(
    version: ssl.TLSVersion, authority: Authority
) -> None:
    """From TLS 1.3 on it says so when our part of the handshake is over, and the request has left: that is an info."""
    context = server_context(authority.issue(HERE))
    context.verify_mode = ssl.CERT_REQUIRED
    context.minimum_version = context.maximum_version = version
    wire = Wire(context, str(authority.ca_file))
    with wire.serve() as server, wire.reach(server.url) as transport:
        ended = subscribe(transport)
        assert (server.connections, server.requests) == (1, [])
    late = {info(Fault.RESET), info(Fault.CUT_OFF)}
    assert ended in ({fail(Fault.TLS)} if version is ssl.TLSVersion.TLSv1_2 else late)


def test_garbage_amid_an_answer_is_info(tls: Wire) -> None:
    """Somebody on the way damages what comes: the record's seal is broken."""

    def script(peer: Peer) -> None:
        peer.read_request()
        with socket.socket(fileno=os.dup(peer.sock.fileno())) as beneath:
            beneath.sendall(b"\x17\x03\x03\x00\x20" + bytes(32))

    with tls.serve(script) as server, tls.reach(server.url) as transport:
        assert subscribe(transport).outcome is Outcome.INFO
        assert (server.connections, len(server.requests)) == (1, 1)
        assert subscribe(transport) == OK
        assert (server.connections, len(server.requests)) == (2, 2)
