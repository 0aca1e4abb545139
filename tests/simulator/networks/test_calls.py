"""What a server sees of a call that its network spoils, and what the phone is told."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import gevent
import pytest

from simulator.client import NO_RC, NO_ROWS, Answer, Fault, HttpTransport, Outcome
from simulator.networks import Carried, NetworkClient, Traffic, Use
from tests.simulator.client.certificates import self_signed, server_context
from tests.simulator.client.scripted_server import Peer, ScriptedServer
from tests.simulator.networks.made import PATIENCE, life

WAIT = 10.0  # a bound on a test that hangs
WHAT = (b"eyJ", "ios", "a1b2", "6F9619FF-8B86-D011-B42D-00CF4FC964FF")


class Seen:
    """What one connection brought until it ended."""

    def __init__(self) -> None:
        self.received = b""
        self.ended = gevent.event.Event()

    def script(self, peer: Peer) -> None:
        try:
            while data := peer.sock.recv(65536):
                self.received += data
        finally:
            self.ended.set()


@contextmanager
def calling(server: ScriptedServer, sleeps: list[float]) -> Iterator[NetworkClient]:
    def sleep(seconds: float) -> None:
        sleeps.append(seconds)
        gevent.sleep(0)

    with HttpTransport(server.url) as transport, gevent.Timeout(WAIT):
        yield NetworkClient(transport, client_key="k", sleep=sleep)


def subscribed(server: ScriptedServer, calls: int = 1, **network: Any) -> tuple[list[Answer], list[float], Traffic]:  # noqa: ANN401 - the network's
    sleeps: list[float] = []
    with calling(server, sleeps) as client:
        phone = client.of(life(**network))
        answers = [phone.subscribe(*WHAT) for _ in range(calls)]
        return answers, sleeps, client.traffic


def test_a_lost_call_is_a_fail_of_which_no_byte_reached_the_server() -> None:
    with ScriptedServer() as server:
        (answer,), sleeps, traffic = subscribed(server, lost=1.0)
        assert (server.connections, server.requests) == (0, [])
    assert answer == Answer(Outcome.FAIL, Fault.NETWORK, 0, NO_RC, NO_ROWS, answer.sent, answer.sent)
    assert sleeps == [PATIENCE]
    assert traffic == Traffic({"perfect": Use(calls=1, lost=1)})


@pytest.mark.parametrize("seed", range(5))
def test_a_call_that_is_cut_leaves_some_bytes_and_never_all(seed: int) -> None:
    seen = Seen()
    with ScriptedServer(seen.script) as server:
        (answer,), _, traffic = subscribed(server, seed=seed, cut=1.0)
        assert seen.ended.wait(WAIT)
    assert seen.received.startswith(b"P")
    assert not seen.received.endswith(b"}")
    assert answer[:5] == (Outcome.INFO, Fault.NETWORK, 0, NO_RC, NO_ROWS)
    assert (traffic.uses["perfect"].calls, traffic.uses["perfect"].cut) == (1, 1)


def test_an_unanswered_call_reaches_the_server_whole() -> None:
    seen = Seen()
    with ScriptedServer(seen.script) as server:
        (answer,), _, traffic = subscribed(server, unanswered=1.0)
        assert seen.ended.wait(WAIT)
    head, _, body = seen.received.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /me/subscribe HTTP/1.1\r\n")
    assert b"\r\nContent-Length: %d" % len(body) in head
    assert body.endswith(b"}")
    assert answer[:5] == (Outcome.INFO, Fault.NETWORK, 0, NO_RC, NO_ROWS)
    assert (traffic.uses["perfect"].calls, traffic.uses["perfect"].unanswered) == (1, 1)


@pytest.mark.parametrize(("spoilt", "whole"), [("cut", False), ("unanswered", True)])
def test_behind_tls_the_server_sees_the_same(tmp_path: Path, spoilt: str, whole: bool) -> None:  # noqa: FBT001 - a case's
    pem, seen = self_signed(tmp_path, "127.0.0.1"), Seen()
    with (
        ScriptedServer(seen.script, context=server_context(pem)) as server,
        HttpTransport(server.url, ca_file=str(pem)) as transport,
        gevent.Timeout(WAIT),
    ):
        client = NetworkClient(transport, client_key="k", sleep=lambda _: None)
        answer = client.of(life(**cast("dict[str, Any]", {spoilt: 1.0}))).subscribe(*WHAT)
        seen.ended.wait()
    assert answer[:2] == (Outcome.INFO, Fault.NETWORK)
    assert (seen.received[:1], seen.received.endswith(b"}")) == (b"P", whole)


def test_a_hand_over_closes_the_connection_that_was_kept() -> None:
    with ScriptedServer() as server:
        answers, _, traffic = subscribed(server, calls=3, hand_over=1.0)
        assert (server.connections, len(server.requests)) == (3, 3)
    assert [answer.outcome for answer in answers] == [Outcome.OK] * 3
    assert (traffic.uses["perfect"].calls, traffic.uses["perfect"].hand_overs) == (3, 2)


def test_without_a_hand_over_the_connection_is_kept() -> None:
    with ScriptedServer() as server:
        subscribed(server, calls=3)
        assert (server.connections, len(server.requests)) == (1, 3)


def test_what_the_network_adds_is_outside_the_stamps() -> None:
    added = life()
    up, down = (fate := added.fate()).up, fate.down
    stamps: list[int] = []
    with ScriptedServer() as server, HttpTransport(server.url) as transport, gevent.Timeout(WAIT):
        client = NetworkClient(transport, client_key="k", sleep=lambda _: stamps.append(time.monotonic_ns()))
        answer = client.of(life()).subscribe(*WHAT)
    assert stamps[0] <= answer.sent < answer.done <= stamps[1]
    assert isinstance(answer, Carried)
    assert answer.up < up * 1e9  # no longer than it was held up: this sleep takes no time
    assert client.traffic.uses["perfect"].waited_ns == round((up + down) * 1e9)


def test_a_server_that_refuses_connections_is_still_to_blame_on_a_bad_network() -> None:
    with ScriptedServer() as server:
        url = server.url
    every: tuple[dict[str, Any], ...] = ({}, {"cut": 1.0}, {"unanswered": 1.0})
    for ends in every:
        with HttpTransport(url) as transport:
            client = NetworkClient(transport, client_key="k", sleep=lambda _: None)
            answer = client.of(life(**ends)).subscribe(*WHAT)
        assert answer[:2] == (Outcome.FAIL, Fault.REFUSED)


def test_whoever_has_no_life_calls_without_a_network() -> None:
    sleeps: list[float] = []
    with ScriptedServer() as server, calling(server, sleeps) as client:
        answer = client.subscribe(*WHAT)
    assert (type(answer), answer.outcome, sleeps) == (Answer, Outcome.OK, [])
