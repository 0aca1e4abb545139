"""HTTP/2 with faults, seen by a client that is nothing but h2."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    PingAckReceived,
    RemoteSettingsChanged,
    ResponseReceived,
    StreamEnded,
    StreamReset,
)
from h2.settings import SettingCodes

from simulator.gateways.request import Answer
from tests.simulator.gateways.stand import Accepting, Stand, stand

PATIENCE = 60.0  # seconds: a bound on a test that hangs, no measure of anything
PING = 6  # the type of a frame


class Client:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.h2 = H2Connection(H2Configuration(client_side=True, header_encoding=None))
        self.h2.initiate_connection()
        self.events = list[Event]()
        self.ended = False
        self.after_goaway = b""  # frames: h2's client takes a GOAWAY for the end of everything

    def send(self) -> None:
        self._writer.write(self.h2.data_to_send())

    def push(self, path: str, body: bytes | None = b"{}", *more: tuple[str, str]) -> int:
        """Send a request, without its end if there is no body; its stream."""
        stream = self.h2.get_next_available_stream_id()
        headers = [(":method", "POST"), (":path", path), (":scheme", "https"), ("host", "x"), *more]
        self.h2.send_headers(stream, headers)
        if body is not None:
            self.h2.send_data(stream, body, end_stream=True)
        self.send()
        return stream

    def finish(self, stream: int, body: bytes = b"{}") -> None:
        self.h2.send_data(stream, body, end_stream=True)
        self.send()

    async def until(self, seen: Callable[["Client"], bool]) -> None:
        """Read until then, or until the connection ends."""
        async with asyncio.timeout(PATIENCE):
            while not seen(self) and not self.ended:
                data = await self._reader.read(65_536)
                self.ended = not data
                if self.of(ConnectionTerminated):
                    self.after_goaway += data
                elif data:
                    self.events += self.h2.receive_data(data)
                    self.send()

    async def answered(self, *streams: int) -> dict[int, tuple[str, bytes]]:
        """Status and body of these streams' answers."""
        await self.until(lambda _: set(streams) <= self.done())
        return {stream: self.answer(stream) for stream in streams}

    def done(self) -> set[int]:
        return {event.stream_id or 0 for event in self.events if isinstance(event, StreamEnded | StreamReset)}

    def answer(self, stream: int) -> tuple[str, bytes]:
        mine = [event for event in self.events if getattr(event, "stream_id", None) == stream]
        statuses = [dict(event.headers or [])[b":status"] for event in mine if isinstance(event, ResponseReceived)]
        data = b"".join(event.data or b"" for event in mine if isinstance(event, DataReceived))
        return b"".join(statuses).decode(), data

    def of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


def play(
    folder: Path,
    scene: Callable[[Client, Stand], Coroutine[Any, Any, None]],
    *faults: str,
    judge: Accepting | None = None,
    window: int = 65_535,
    protocols: tuple[str, ...] = ("h2",),
) -> None:
    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
        async with stand(folder, faults, judge) as place:
            reader, writer = await place.connect(*protocols)
            client = Client(reader, writer)
            client.h2.update_settings({SettingCodes.INITIAL_WINDOW_SIZE: window})
            client.send()
            await scene(client, place)
            writer.transport.abort()

    failures = list[dict[str, Any]]()
    asyncio.run(run())
    assert failures == []


def test_an_answer_without_a_body_is_headers_alone(tmp_path: Path) -> None:
    async def scene(client: Client, place: Stand) -> None:
        stream = client.push("/3/device/a%62?x=1", b"hello", ("x-it", "1"), ("x-it", "2"))
        assert await client.answered(stream) == {stream: ("200", b"")}
        assert client.of(DataReceived) == []
        (asked,) = place.judge.asked
        assert (asked.method, asked.path, asked.body) == ("POST", "/3/device/ab", b"hello")
        assert [pair for pair in asked.headers.items() if pair[0] == "x-it"] == [("x-it", "1"), ("x-it", "2")]
        assert asked.peer.startswith("127.0.0.1:")
        assert place.kept()["status"].tolist() == [200]

    play(tmp_path, scene)


def test_a_client_that_did_not_negotiate_is_understood(tmp_path: Path) -> None:
    async def scene(client: Client, _: Stand) -> None:
        stream = client.push("/3/device/ab")
        assert await client.answered(stream) == {stream: ("200", b"")}

    play(tmp_path, scene, protocols=())


def test_as_many_streams_as_apns_are_allowed(tmp_path: Path) -> None:
    async def scene(client: Client, _: Stand) -> None:
        await client.until(lambda client: bool(client.of(RemoteSettingsChanged)))
        assert client.h2.remote_settings.max_concurrent_streams == 1500
        streams = [client.push(f"/{number}") for number in range(1000)]
        assert set((await client.answered(*streams)).values()) == {("200", b"")}

    play(tmp_path, scene)


def test_going_away_leaves_out_the_push_and_all_that_come_after_it(tmp_path: Path) -> None:
    async def scene(client: Client, place: Stand) -> None:
        first = client.push("/first")
        second = client.push("/second")
        client.push("/third")  # on its way already
        await client.until(lambda client: bool(client.of(ConnectionTerminated)))
        (goaway,) = client.of(ConnectionTerminated)
        assert (goaway.last_stream_id, goaway.error_code) == (second - 1, ErrorCodes.NO_ERROR)
        assert goaway.additional_data == b'{"reason":"Shutdown"}'
        assert await client.answered(first) == {first: ("200", b"")}
        assert place.judge.paths == ["/first"]
        assert len(place.kept()) == 1

    play(tmp_path, scene, "", "goaway=1")


def test_a_connection_that_goes_away_says_nothing_more_and_is_the_client_s_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Ended by the gateway, it would be reset over what the client still sends, and answers with it.
    monkeypatch.setattr("simulator.gateways.http2._GRACE_SECONDS", 0.2)

    async def scene(client: Client, place: Stand) -> None:
        client.push("/first")
        await client.until(lambda client: bool(client.of(ConnectionTerminated)))
        client._writer.write(bytes([0, 0, 8, PING, 0, 0, 0, 0, 0]) + b"anything")
        await client.until(lambda client: client.ended)
        assert client.after_goaway == b""
        assert (place.judge.paths, len(place.kept())) == ([], 0)

    play(tmp_path, scene, "goaway=1")


def test_a_connection_with_a_request_under_way_does_not_go_away(tmp_path: Path) -> None:
    async def scene(client: Client, _: Stand) -> None:
        first = client.push("/first", None)
        second = client.push("/second")
        assert await client.answered(second) == {second: ("200", b"")}
        client.finish(first)
        assert await client.answered(first) == {first: ("200", b"")}
        assert client.of(ConnectionTerminated) == []

    play(tmp_path, scene, "goaway=1")


def test_no_push_that_was_taken_is_said_not_to_be(tmp_path: Path) -> None:
    async def scene(client: Client, _: Stand) -> None:
        earlier = client.push("/earlier", None)
        later = client.push("/later")
        await client.answered(later)
        client.finish(earlier)  # would go away; but `later` would then be beyond the last stream
        assert await client.answered(earlier) == {earlier: ("200", b"")}
        assert client.of(ConnectionTerminated) == []

    play(tmp_path, scene, "", "goaway=1")


@pytest.mark.parametrize("late", ["slow=1:0.1", "stall=1:0.1"])
def test_a_connection_that_owes_a_late_answer_does_not_go_away(tmp_path: Path, late: str) -> None:
    async def scene(client: Client, place: Stand) -> None:
        first, second = client.push("/first"), client.push("/second")
        assert await client.answered(first, second) == {first: ("200", b""), second: ("200", b"")}
        assert client.of(ConnectionTerminated) == []
        assert place.kept()["status"].tolist() == [200, 200]

    play(tmp_path, scene, late, "goaway=1")


def test_a_reset_push_was_delivered_and_cannot_be_thought_untaken(tmp_path: Path) -> None:
    async def scene(client: Client, place: Stand) -> None:
        first, second = client.push("/first"), client.push("/second")
        assert await client.answered(first, second) == {first: ("", b""), second: ("200", b"")}
        (reset,) = client.of(StreamReset)
        assert (reset.stream_id, reset.error_code) == (first, ErrorCodes.INTERNAL_ERROR)
        assert place.kept()[["status", "reason"]].tolist() == [(0, 0), (200, 0)]

    play(tmp_path, scene, "reset=1")


def test_a_slow_answer_holds_up_no_other(tmp_path: Path) -> None:
    async def scene(client: Client, place: Stand) -> None:
        slow, quick = client.push("/slow"), client.push("/quick")
        assert await client.answered(slow, quick) == {slow: ("200", b""), quick: ("200", b"")}
        assert [event.stream_id for event in client.of(StreamEnded)] == [quick, slow]
        assert len(place.kept()) == 2

    play(tmp_path, scene, "slow=1:0.3")


def test_a_stalled_connection_says_nothing_at_all_and_then_everything(tmp_path: Path) -> None:
    async def scene(client: Client, place: Stand) -> None:
        await client.until(lambda client: bool(client.of(RemoteSettingsChanged)))
        began = asyncio.get_running_loop().time()
        stalled, other = client.push("/stalled"), client.push("/other")
        client.h2.ping(b"12345678")
        client.send()
        assert await client.answered(stalled, other) == {stalled: ("200", b""), other: ("200", b"")}
        await client.until(lambda client: bool(client.of(PingAckReceived)))
        assert asyncio.get_running_loop().time() - began >= 0.3
        assert place.kept()["status"].tolist() == [200, 200]

    play(tmp_path, scene, "stall=1:0.3")


def test_refusals_come_with_their_body_and_when_to_come_again(tmp_path: Path) -> None:
    async def scene(client: Client, _: Stand) -> None:
        stream = client.push("/busy")
        assert await client.answered(stream) == {stream: ("429", b'{"reason":"TooManyRequests"}')}
        assert dict(client.of(ResponseReceived)[0].headers)[b"retry-after"] == b"2"

    play(tmp_path, scene, "throttle=1:2")


def test_a_body_waits_for_the_window_of_a_client_that_takes_little_at_a_time(tmp_path: Path) -> None:
    body = bytes(range(256)) * 400  # longer than a frame, and than the connection's first window

    async def scene(client: Client, _: Stand) -> None:
        stream = client.push("/long")
        while stream not in client.done():
            before = len(client.answer(stream)[1])
            await client.until(lambda client, before=before: len(client.answer(stream)[1]) > before)  # type: ignore[misc]  # mypy has no type for a default of a lambda
            taken = len(client.answer(stream)[1]) - before
            if stream not in client.done():
                client.h2.increment_flow_control_window(taken, stream)
                client.h2.increment_flow_control_window(taken)
                client.send()
        assert client.answer(stream) == ("200", body)

    play(tmp_path, scene, judge=Accepting(answer=Answer(200, (), body)), window=1000)


def test_a_body_of_any_length_is_read_to_its_end_and_kept_up_to_a_bound(tmp_path: Path) -> None:
    async def scene(client: Client, place: Stand) -> None:
        stream = client.push("/long", None)
        left = 3_000_000
        while left:
            room = min(client.h2.local_flow_control_window(stream), client.h2.max_outbound_frame_size, left)
            if room:
                client.h2.send_data(stream, bytes(room), end_stream=room == left)
                client.send()
                left -= room
            else:
                seen = len(client.events)
                await client.until(lambda client, seen=seen: len(client.events) > seen)  # type: ignore[misc]  # mypy has no type for a default of a lambda
        assert await client.answered(stream) == {stream: ("200", b"")}
        assert 1 << 20 <= len(place.judge.asked[0].body) < (1 << 20) + 20_000

    play(tmp_path, scene)


def test_what_a_client_gives_up_is_not_answered(tmp_path: Path) -> None:
    async def scene(client: Client, place: Stand) -> None:
        unfinished, slow = client.push("/unfinished", None), client.push("/slow")
        for stream in (unfinished, slow):
            client.h2.reset_stream(stream, ErrorCodes.CANCEL)
        slower = client.push("/slower")  # its answer comes after that to `slow` would have come
        assert await client.answered(slower) == {slower: ("200", b"")}
        assert client.answer(slow) == ("", b"")
        assert place.judge.paths == ["/slow", "/slower"]

    play(tmp_path, scene, "slow=1:0.1", "slow=1:0.3")


def test_a_push_given_up_as_soon_as_it_was_sent_ends_no_other(tmp_path: Path) -> None:
    async def scene(client: Client, place: Stand) -> None:
        for first in (1, 5):
            for stream in (first, first + 2):
                headers = [(":method", "POST"), (":path", f"/{stream}"), (":scheme", "https"), ("host", "x")]
                client.h2.send_headers(stream, headers)
                client.h2.send_data(stream, b"{}", end_stream=True)
            client.h2.reset_stream(first, ErrorCodes.CANCEL)
            client.send()  # all at once
            assert await client.answered(first + 2) == {first + 2: ("200", b"")}
        assert place.judge.paths == ["/1", "/3", "/5", "/7"]

    play(tmp_path, scene, "", "", "reset=1")


def test_a_client_that_breaks_the_rules_is_told_and_left(tmp_path: Path) -> None:
    async def scene(client: Client, _: Stand) -> None:
        client.send()
        client._writer.write(b"\0\0\1\0\0\0\0\0\0x")  # DATA on stream 0
        await client.until(lambda client: client.ended)
        assert client.of(ConnectionTerminated)[0].error_code == ErrorCodes.PROTOCOL_ERROR

    play(tmp_path, scene)
