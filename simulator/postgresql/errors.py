"""What PostgreSQL and the way to it complain of, in words that hold no password and no value of a row."""

from typing import Final

import asyncpg

# ValueError: an option of the URL that makes no sense. OSError: the network, TLS, and a time that is up.
ERRORS: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, ValueError)


def in_words(error: Exception) -> str:
    """What happened. The details that PostgreSQL adds are left out: they quote rows, as do its words on bad data."""
    if isinstance(error, asyncpg.DataError):
        return f"a value does not fit ({type(error).__name__})"
    if isinstance(error, asyncpg.PostgresError):
        return str(error.args[0])
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    return str(error) or type(error).__name__
