"""Answers without an end, and small ones that become huge: bounded in bytes, whatever the time-outs are."""

import gzip
import itertools
import tracemalloc
from typing import Final

import pytest

from simulator.client import Fault
from simulator.client.parsing import MOST_BODY_BYTES
from tests.simulator.client.scripted_server import Peer
from tests.simulator.client.torture.exposed import Wire, answering, endured, info
from tests.simulator.client.torture.test_whole_answers import GZIP, chunked, sized

TOO_LARGE: Final = info(Fault.TOO_LARGE)
HEAD: Final = b"HTTP/1.1 200 OK\r\n"
IN_CHUNKS: Final = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

# beginning, and what follows it again and again
ENDLESS = {
    "lines": (HEAD, b"X-Again: and again\r\n" * 100),
    "line": (HEAD + b"X: ", b"x" * 4096),
    "name of a line": (HEAD, b"x" * 4096),
    "reason": (b"HTTP/1.1 200 ", b"x" * 4096),
    "interim answers": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100),
    "line ends": (b"", b"\r\n" * 2048),
    "body": (HEAD + b"\r\n", bytes(2**16)),
    "body of a huge length": (HEAD + b"Content-Length: 1000000000000\r\n\r\n", bytes(2**16)),
    "chunk": (IN_CHUNKS + b"fffffffff\r\n", bytes(2**16)),
    "chunks": (IN_CHUNKS, b"8\r\nabcdefgh\r\n" * 5000),
    "tiny chunks": (IN_CHUNKS, b"1\r\na\r\n" * 10_000),
    "name of a chunk": (IN_CHUNKS + b"1;x=", b"x" * 2**16),
    "trailers": (IN_CHUNKS + b"0\r\n", b"X-Again: and again\r\n" * 3000),
    "trailer": (IN_CHUNKS + b"0\r\nX: ", b"x" * 2**16),
}


@pytest.mark.parametrize(("beginning", "again"), ENDLESS.values(), ids=ENDLESS)
def test_an_answer_without_an_end_is_too_large(beginning: bytes, again: bytes, wire: Wire) -> None:
    def script(peer: Peer) -> None:
        peer.read_request()
        peer.send(beginning)
        for _ in itertools.count():
            peer.send(again)

    assert endured(wire, script, first_byte=20.0, answer=20.0) == TOO_LARGE


HUGE: Final = gzip.compress(bytes(64 * 2**20), compresslevel=9)
BOMBS = {
    "gzip": sized(HUGE, GZIP),
    "gzip in chunks": chunked(*(HUGE[at : at + 4096] for at in range(0, len(HUGE), 4096)), lines=(GZIP,)),
    "gzip of many members": sized(gzip.compress(bytes(2**20)) * 10, GZIP),
    "gzip of empty members": sized(gzip.compress(b"") * 10_000, GZIP),
    "gzip one byte too large": sized(gzip.compress(bytes(MOST_BODY_BYTES + 1)), GZIP),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_small_answer_that_unpacks_to_a_huge_one_is_too_large_and_never_in_memory(bomb: bytes, wire: Wire) -> None:
    tracemalloc.start()
    try:
        assert endured(wire, answering(bomb)) == TOO_LARGE
        assert tracemalloc.get_traced_memory()[1] < 5 * MOST_BODY_BYTES
    finally:
        tracemalloc.stop()


def test_the_largest_answer_that_is_read_is_read(wire: Wire) -> None:
    body = b" " * (MOST_BODY_BYTES - 30) + b'{"RC":0,"RM":"OK","result":{}}'
    assert endured(wire, answering(sized(gzip.compress(body), GZIP)), kept=True).status == 200
