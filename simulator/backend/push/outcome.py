"""What became of one attempt to deliver."""

from email.utils import parsedate_to_datetime
from enum import Enum
from time import time
from typing import NamedTuple


class Fate(Enum):
    """What an attempt came to."""

    DELIVERED = "delivered"
    DEAD = "dead"  # the token is: it is to be removed
    REFUSED = "refused"  # for another reason, and would be again
    BUSY = "busy"  # try again later: 429, 5xx, no connection, no answer


class Outcome(NamedTuple):
    """A fate, and what it says beside."""

    fate: Fate
    dead_since: int | None = None  # DEAD: ms since 1970, where the provider says
    retry_after: float | None = None  # BUSY: seconds, where the provider says


DELIVERED = Outcome(Fate.DELIVERED)
DEAD = Outcome(Fate.DEAD)
REFUSED = Outcome(Fate.REFUSED)
BUSY = Outcome(Fate.BUSY)


def by_status(status: int, retry_after: str | None = None) -> Outcome:
    """What a status means where the body says nothing more."""
    if 200 <= status < 300:
        return DELIVERED
    if status == 429 or status >= 500:
        return Outcome(Fate.BUSY, retry_after=seconds(retry_after))
    return REFUSED


def seconds(retry_after: str | None) -> float | None:
    """A Retry-After header (RFC 9110, 10.2.3), a number of seconds or a date, as seconds from now; None if unusable."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time())
    except (ValueError, OverflowError):
        return None
