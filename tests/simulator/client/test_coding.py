import gzip
import tracemalloc

import pytest

from simulator.client.coding import decoded
from simulator.client.transport import Malformed, TooLarge

BODY = b'{"RC":0}' * 20


@pytest.mark.parametrize("coding", [b"gzip", b"x-gzip", b" GZip "])
def test_gzip_is_unpacked(coding: bytes) -> None:
    assert decoded(gzip.compress(BODY), coding, most_bytes=len(BODY)) == BODY


@pytest.mark.parametrize("coding", [b"identity", b""])
def test_no_coding_leaves_the_body(coding: bytes) -> None:
    assert decoded(BODY, coding, most_bytes=10) == BODY


def test_an_empty_body_has_nothing_to_unpack() -> None:
    assert decoded(b"", b"gzip", most_bytes=10) == b""


@pytest.mark.parametrize("body", [b"not gzip", gzip.compress(BODY)[:-1], gzip.compress(BODY)[:20]], ids=[0, 1, 2])
def test_gzip_that_breaks_off_or_is_none_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        decoded(body, b"gzip", most_bytes=1000)


def test_gzip_of_several_members_is_unpacked_whole() -> None:
    packed = b"".join(gzip.compress(BODY[at : at + 40]) for at in range(0, len(BODY), 40))
    assert decoded(packed, b"gzip", most_bytes=len(BODY)) == BODY
    with pytest.raises(TooLarge):
        decoded(packed, b"gzip", most_bytes=len(BODY) - 1)
    for wrong in (packed[:-1], packed + b"junk"):
        with pytest.raises(Malformed):
            decoded(wrong, b"gzip", most_bytes=len(BODY))


def test_empty_members_without_end_are_stopped() -> None:
    assert decoded(gzip.compress(b"") * 100, b"gzip", most_bytes=1000) == b""
    with pytest.raises(TooLarge, match="more than 100 members"):
        decoded(gzip.compress(b"") * 101, b"gzip", most_bytes=1000)


def test_a_coding_that_was_not_offered_is_malformed() -> None:
    with pytest.raises(Malformed, match="br"):
        decoded(BODY, b"br", most_bytes=1000)


def test_a_small_body_that_unpacks_to_a_huge_one_is_stopped() -> None:
    packed = gzip.compress(bytes(10_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            decoded(packed, b"gzip", most_bytes=1000)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
