"""What can go wrong with results through something a user did.

ResultsError
├── UsageError     an option or a file that cannot be used: exit code 64
└── CannotKnow     the journal does not let us find out: exit code 2
"""


class ResultsError(Exception):
    """An error whose message is meant for the user: what happened, the value, the remedy."""

    exit_code = 70


class UsageError(ResultsError):
    """Something asked for cannot be done as asked."""

    exit_code = 64


class CannotKnow(ResultsError):  # noqa: N818 - it is an answer (unknown), not only an error
    """What was needed for a verdict could not be had."""

    exit_code = 2
