"""What can go wrong in the simulated world through something a user did.

PushfleetError
├── UsageError     an option, a file or a token that cannot be used: exit code 64
└── CannotKnow     the world did not let us find out: exit code 2
"""


class PushfleetError(Exception):
    """An error whose message is meant for the user: what happened, the value, the remedy."""

    exit_code = 70


class UsageError(PushfleetError):
    """Something asked for cannot be done as asked."""

    exit_code = 64


class CannotKnow(PushfleetError):  # noqa: N818 - it is an answer (unknown), not only an error
    """What was needed for a verdict could not be had."""

    exit_code = 2
