import pytest

from simulator.client.head import lines_of
from simulator.client.parsing import AnswerReader
from simulator.client.transport import Response

HEAD = b"HTTP/1.1 200 OK\r\nServer: nginx\r\nRETRY-After:\t 7 \r\nX-Empty:\r\nVia: a:1, b:2\r\n\r\nBody: none\r\n"
FOUND = {b"server": b"nginx", b"retry-after": b"7", b"x-empty": b"", b"via": b"a:1, b:2"}


@pytest.mark.parametrize(
    ("said", "interim", "found"),
    [
        (HEAD, 0, FOUND),
        (b"\r\n\r\n" + HEAD, 0, FOUND),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + HEAD, 2, FOUND),
        (b"\r\nHTTP/1.1 100 Continue\r\n\r\n\r\n" + HEAD, 1, FOUND),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 0, {}),
        (b"HTTP/1.1 200 OK\r\nA: 1\r\na: 2\r\n\r\n", 0, {b"a": b"2"}),
    ],
)
def test_lines_are_read_up_to_the_end_of_the_head(said: bytes, interim: int, found: dict[bytes, bytes]) -> None:
    assert lines_of(said, interim) == found


@pytest.mark.parametrize("pieces", [[HEAD[:-12]], [HEAD[:5], HEAD[5:40], HEAD[40:-12]]])
def test_an_answers_head_is_read_when_it_is_asked_for_also_after_the_next_answer(pieces: list[bytes]) -> None:
    reader = AnswerReader()
    assert not any(reader.feed(piece) for piece in pieces)
    reader.feed(b"")
    answer = reader.response()
    reader.begin()
    assert answer.headers == FOUND
    assert answer == Response(200, FOUND, b"")
    assert answer != Response(200, {}, b"")
