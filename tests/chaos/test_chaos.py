"""Each toxic is really done: what the client sees of it, what the server, and what is counted."""

import asyncio
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import NamedTuple

import pytest

from simulator.client import HttpTransport, Request, Timeouts, TransportError
from simulator.client.transport import CutOff, Reset, TimedOut
from tests.chaos.process import chaos
from tests.chaos.registers import Registers
from tests.chaos.toxics import FAIR, Fates, Toxic, each, parsed
from tests.end_to_end.commands import until

PATIENT = Timeouts(answer=20.0)
HASTY = Timeouts(answer=0.3)
BODY = json.dumps({"type": "ios", "token": "a token " * 200, "deviceId": "6F9619FF"}).encode()
SUBSCRIBE = Request("/me/subscribe", b"Content-Type: application/json\r\n", BODY)
PUSH = Request("/push/push2clients", b"", b'{"clients": ["ann"], "payload": {}}')
ANSWER = json.dumps({"RC": 0, "RM": "OK", "result": {}, "padding": "x" * 2000}).encode()


class Upstream(ThreadingHTTPServer):
    """Answers everything, and counts what came whole and what came in part."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.whole: list[bytes] = []
        self.cut = 0
        self.lock = Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """A reset, between two requests or in the head of one."""
        with self.lock:
            self.cut += 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Upstream

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            self.server.whole.append(body)
        self.send_response(200)
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Seen(NamedTuple):
    """How an exchange ended for the client, and how often the server had the request whole."""

    error: type[TransportError] | None
    whole: int


EXPECTED = {
    Toxic.NONE: Seen(None, 1),
    Toxic.DROP: Seen(CutOff, 0),
    Toxic.RESET_BEFORE: Seen(Reset, 0),
    Toxic.RESET_REQUEST: Seen(Reset, 0),
    Toxic.BLACK_HOLE: Seen(TimedOut, 0),
    Toxic.RESET_AFTER: Seen(Reset, 1),
    Toxic.LOSE_ANSWER: Seen(CutOff, 1),
    Toxic.CUT_ANSWER: Seen(CutOff, 1),
    Toxic.RESET_ANSWER: Seen(Reset, 1),
    Toxic.LATE: Seen(TimedOut, 1),
    Toxic.CLOSE_IDLE: Seen(None, 1),
    Toxic.DELAY: Seen(None, 1),
    Toxic.THROTTLE: Seen(None, 1),
    Toxic.SPARE: Seen(None, 1),
    Toxic.REPLAY: Seen(None, 2),
    Toxic.REPLAY_LATE: Seen(None, 2),
}


def exchange(url: str, request: Request, timeouts: Timeouts) -> type[TransportError] | None:
    """How one exchange ends; an answer must be whole."""
    with HttpTransport(url, timeouts=timeouts) as transport:
        try:
            response = transport.send(request)
        except TransportError as error:
            return type(error)
    assert (response.status, response.body) == (200, ANSWER)
    return None


@pytest.mark.parametrize(("toxic", "seen"), EXPECTED.items(), ids=list(EXPECTED))
def test_a_toxic_is_done_to_every_exchange_it_is_asked_for(toxic: Toxic, seen: Seen, upstream: Upstream) -> None:
    timeouts = HASTY if seen.error is TimedOut else PATIENT
    with chaos(upstream.url, {toxic: 1.0}, seed=1) as proxy:
        errors = [exchange(proxy.url, SUBSCRIBE, timeouts) for _ in range(3)]
        until(lambda: len(upstream.whole) >= 3 * seen.whole, "every request that goes through is there")
        counts = proxy.stop()
    assert errors == [seen.error] * 3
    assert upstream.whole == [BODY] * 3 * seen.whole
    assert counts == {toxic: 3}


def test_both_connections_are_reset_whatever_the_server_made_of_the_request(upstream: Upstream) -> None:
    with chaos(upstream.url, {Toxic.RESET_BOTH: 1.0}, seed=1) as proxy:
        assert [exchange(proxy.url, SUBSCRIBE, PATIENT) for _ in range(3)] == [Reset] * 3
        assert proxy.stop() == {Toxic.RESET_BOTH: 3}
    assert upstream.whole in [[BODY] * times for times in range(4)]


@pytest.mark.parametrize("toxic", [Toxic.RESET_REQUEST, Toxic.SPARE])
def test_a_part_of_a_request_reaches_the_server_and_is_reset(toxic: Toxic, upstream: Upstream) -> None:
    with chaos(upstream.url, {toxic: 1.0}, seed=1) as proxy:
        for _ in range(3):
            exchange(proxy.url, SUBSCRIBE, PATIENT)
        until(lambda: upstream.cut >= 3, "the server saw connections break")
        assert proxy.stop() == {toxic: 3}


def test_a_push_is_never_sent_twice_and_logging_in_is_left_alone(upstream: Upstream) -> None:
    login = Request("/admin/clients", b"", b"{}")
    with chaos(upstream.url, {Toxic.REPLAY: 1.0}, seed=1) as proxy:
        assert exchange(proxy.url, PUSH, PATIENT) is None
        assert proxy.stop() == {Toxic.NONE: 1}
    with chaos(upstream.url, {Toxic.DROP: 1.0}, seed=1) as proxy:
        assert (exchange(proxy.url, login, PATIENT), exchange(proxy.url, PUSH, PATIENT)) == (None, CutOff)
        assert proxy.stop() == {Toxic.NONE: 1, Toxic.DROP: 1}
    assert len(upstream.whole) == 2


def test_requests_to_one_register_go_side_by_side_and_none_between_the_two_of_a_replay() -> None:
    async def lived() -> list[str]:
        registers, one, done = Registers(), ("ios", "6F9619FF"), []

        async def reach() -> None:
            async with registers.reaching(one):
                done.append("reached")

        async with registers.reaching(one), registers.reaching(one):
            done.append(f"free: {registers.is_free(one)}, another: {registers.is_free(('fcm', '6F9619FF'))}")
        async with registers.replaying(one):
            task = asyncio.create_task(reach())
            await asyncio.sleep(0)
            done.append(f"replayed, free: {registers.is_free(one)}")
        await task
        done.append(f"free: {registers.is_free(one)}")
        registers.leave(one)
        return [*done, f"left, free: {registers.is_free(one)}"]

    assert asyncio.run(lived()) == [
        "free: False, another: True",
        "replayed, free: False",
        "reached",
        "free: True",
        "left, free: False",
    ]


def test_a_connection_is_kept_and_closed_only_where_that_is_the_fate(upstream: Upstream) -> None:
    with chaos(upstream.url, {Toxic.CLOSE_IDLE: 0.5}, seed=3) as proxy, HttpTransport(proxy.url) as transport:
        for _ in range(20):
            try:
                assert transport.send(SUBSCRIBE).body == ANSWER
            except (CutOff, Reset):  # the request went out as the connection was being closed
                upstream.whole.append(BODY)
        counts = proxy.stop()
    assert min(counts[Toxic.NONE], counts[Toxic.CLOSE_IDLE]) > 3
    assert upstream.whole == [BODY] * 20


def test_fates_are_drawn_by_the_seed_and_the_connection_and_by_their_shares() -> None:
    def drawn(seed: int, connection: int) -> list[Toxic]:
        fates = Fates(each(0.05), seed, connection)
        return [fates.next() for _ in range(2000)]

    assert drawn(1, 1) == drawn(1, 1)
    assert drawn(1, 1) != drawn(1, 2)
    assert drawn(1, 1) != drawn(2, 1)
    assert set(drawn(1, 1)) == {*FAIR, Toxic.NONE}
    assert 400 < drawn(1, 1).count(Toxic.NONE) < 800


@pytest.mark.parametrize("words", [["nonsense=0.1"], ["drop=-0.1"], ["drop=0.6", "late=0.6"], ["drop"]])
def test_what_is_no_share_of_a_toxic_is_refused(words: list[str]) -> None:
    with pytest.raises(ValueError, match=r"nonsense|shares|could not convert"):
        parsed(words)
