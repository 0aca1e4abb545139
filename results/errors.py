"""What can go wrong with results through something a user did.

ResultsError
├── UsageError     an option or a file that cannot be used: exit code 64
└── CannotKnow     the journal does not let us find out: exit code 2
"""

from collections.abc import Iterator
from contextlib import contextmanager


class ResultsError(Exception):
    """An error whose message is meant for the user: what happened, the value, the remedy."""

    exit_code = 70


class UsageError(ResultsError):
    """Something asked for cannot be done as asked."""

    exit_code = 64


class CannotKnow(ResultsError):  # noqa: N818 - it is an answer (unknown), not only an error
    """What was needed for a verdict could not be had."""

    exit_code = 2


class Mistakes:
    """What is wrong with what somebody asked for: gathered, to be told all at once."""

    def __init__(self) -> None:
        self._told: list[str] = []

    @contextmanager
    def gathered(self, *kinds: type[Exception]) -> Iterator[None]:
        """Keep a UsageError that is raised within, or one of `kinds`."""
        caught: tuple[type[Exception], ...] = (UsageError, *kinds)
        try:
            yield
        except caught as error:
            self._told.append(str(error))

    def refuse(self) -> None:
        """UsageError with a line for each, if there were any."""
        if self._told:
            raise UsageError("\n".join(self._told))
