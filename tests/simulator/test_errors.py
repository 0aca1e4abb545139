"""What errors of other people's code say in our reports."""

import pytest

from simulator.errors import told


class Mute(Exception):  # noqa: N818 - not told by its name
    def __str__(self) -> str:
        raise ValueError


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError("no such room: 7"), "no such room: 7"),
        (RuntimeError("first\n  second\x1b[31m\x00 \ud800 third"), "first second [31m third"),
        (RuntimeError(f"token '{'f0' * 32}' was refused"), "token 'f0f0f0f0f0f0…' was refused"),
        (RuntimeError("ab " * 200), f"{'ab ' * 100}…"),
        (SystemExit(), "SystemExit"),
        (Mute(), "Mute"),
    ],
)
def test_a_foreign_error_is_one_short_printable_line_without_whole_tokens(error: BaseException, said: str) -> None:
    assert told(error) == said
