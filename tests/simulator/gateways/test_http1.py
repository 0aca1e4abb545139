"""HTTP/1.1 with faults, seen by a client that is nothing but a socket."""

import asyncio
from pathlib import Path

import pytest

from simulator.gateways.request import Answer
from tests.simulator.gateways.stand import Accepting, stand

PUSH = b"POST /send HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}"
ACCEPTED = b"HTTP/1.1 200 \r\napns-id: 1\r\ncontent-length: 0\r\n\r\n"
PATIENCE = 60.0  # seconds: a bound on a test that hangs, no measure of anything


def exchange(folder: Path, sent: bytes, *faults: str, judge: Accepting | None = None) -> tuple[bytes, list[str], int]:
    """What comes back until the connection ends or a second passes; what was judged, and how much was journaled."""

    async def run() -> tuple[bytes, list[str], int]:
        async with stand(folder, faults, judge) as place:
            reader, writer = await place.connect("http/1.1")
            writer.write(sent)
            async with asyncio.timeout(PATIENCE):
                got = await reader.read()
            writer.transport.abort()
            return got, place.judge.paths, len(place.kept())

    return asyncio.run(run())


LAST = PUSH.replace(b"host: x", b"host: x\r\nconnection: close")
LAST_ACCEPTED = b"HTTP/1.1 200 \r\napns-id: 1\r\ncontent-length: 0\r\nConnection: close\r\n\r\n"


def test_requests_on_one_connection_are_answered_in_their_order(tmp_path: Path) -> None:
    got, judged, journaled = exchange(tmp_path, PUSH * 50 + LAST)
    assert got == ACCEPTED * 50 + LAST_ACCEPTED
    assert (judged, journaled) == (["/send"] * 51, 51)


def test_the_client_need_not_negotiate(tmp_path: Path) -> None:
    async def run() -> bytes:
        async with stand(tmp_path) as place:
            reader, writer = await place.connect()
            writer.write(LAST)
            async with asyncio.timeout(PATIENCE):
                return await reader.read()

    assert asyncio.run(run()) == LAST_ACCEPTED


def test_an_answer_with_a_body_and_a_path_as_granian_would_tell_it(tmp_path: Path) -> None:
    judge = Accepting(answer=Answer(404, (("x", "y"),), b"gone"))
    sent = LAST.replace(b"/send", b"/none/%C3%A9?a=b")
    assert exchange(tmp_path, sent, judge=judge) == (
        b"HTTP/1.1 404 \r\nx: y\r\ncontent-length: 4\r\nConnection: close\r\n\r\ngone",
        ["/none/é"],
        0,
    )


def test_a_client_that_waits_to_be_asked_for_the_body_is(tmp_path: Path) -> None:
    async def run() -> bytes:
        async with stand(tmp_path) as place:
            reader, writer = await place.connect("http/1.1")
            head, body = LAST.split(b"{}")[0], b"{}"
            writer.write(head.replace(b"host: x", b"host: x\r\nexpect: 100-continue"))
            async with asyncio.timeout(PATIENCE):
                asked = await reader.readuntil(b"\r\n\r\n")
                writer.write(body)
                return asked + await reader.read()

    assert asyncio.run(run()) == b"HTTP/1.1 100 \r\n\r\n" + LAST_ACCEPTED


def test_going_away_is_an_end_without_a_word_and_nothing_was_judged(tmp_path: Path) -> None:
    assert exchange(tmp_path, PUSH, "goaway=1") == (b"", [], 0)


def test_a_slow_answer_comes(tmp_path: Path) -> None:
    assert exchange(tmp_path, LAST, "slow=1:0.1") == (LAST_ACCEPTED, ["/send"], 1)


def test_a_stalled_answer_comes_and_so_does_what_is_behind_it(tmp_path: Path) -> None:
    assert exchange(tmp_path, PUSH + LAST, "stall=1:0.1") == (ACCEPTED + LAST_ACCEPTED, ["/send", "/send"], 2)


def test_a_reset_is_one_and_the_push_was_delivered(tmp_path: Path) -> None:
    async def run() -> None:
        async with stand(tmp_path, ["reset=1"]) as place:
            reader, writer = await place.connect("http/1.1")
            writer.write(PUSH)
            with pytest.raises(ConnectionResetError):
                await asyncio.wait_for(reader.read(), PATIENCE)
            assert place.kept()[["status", "reason"]].tolist() == [(0, 0)]

    asyncio.run(run())


@pytest.mark.parametrize(
    "sent", [b"\xff\xfe\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"POST / HTTP/1.1\r\nhost: x\r\nx:\0\r\n\r\n"]
)
def test_what_is_no_http_is_answered_so_and_left(tmp_path: Path, sent: bytes) -> None:
    got, judged, _ = exchange(tmp_path, sent)
    assert got == b"HTTP/1.1 400 \r\nconnection: close\r\ncontent-length: 21\r\n\r\nThis is no HTTP/1.1.\n"
    assert judged == []


def test_a_body_cut_short_is_never_judged(tmp_path: Path) -> None:
    async def run() -> list[str]:
        async with stand(tmp_path) as place:
            reader, writer = await place.connect("http/1.1")
            writer.write(PUSH[:-1])
            await writer.drain()
            writer.close()
            async with asyncio.timeout(PATIENCE):
                await reader.read()
                await writer.wait_closed()
            return place.judge.paths

    assert asyncio.run(run()) == []
