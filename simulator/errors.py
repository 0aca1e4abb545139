"""What can go wrong in the simulated world through something a user did.

PushfleetError
├── UsageError     an option, a file or a token that cannot be used: exit code 64
└── CannotKnow     the world did not let us find out: exit code 2
"""

import re
from typing import Final

_LONGEST: Final = 300  # characters of what a foreign error says
_WORD: Final = re.compile(r"[^\s\"']{40,}")  # so long are tokens, and hardly a word


def told(error: BaseException) -> str:
    """What a foreign error says, for a report: one short line of printable text, without whole tokens."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - whatever the user's own error does when it is to be told
        text = ""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    line = _WORD.sub(lambda found: f"{found[0][:12]}…", line) or type(error).__name__
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


class PushfleetError(Exception):
    """An error whose message is meant for the user: what happened, the value, the remedy."""

    exit_code = 70


class UsageError(PushfleetError):
    """Something asked for cannot be done as asked."""

    exit_code = 64


class CannotKnow(PushfleetError):  # noqa: N818 - it is an answer (unknown), not only an error
    """What was needed for a verdict could not be had."""

    exit_code = 2
