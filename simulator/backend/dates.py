"""Moments as IMKIT's documents carry them."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = -62_135_596_800_000, 253_402_300_799_999  # of the years 1 and 9999 in UTC


def as_json(milliseconds: int) -> str:
    """Milliseconds since 1970 as JavaScript writes dates: 2026-11-24T00:00:00.000Z; 9999 is the last year."""
    moment = _EPOCH + timedelta(milliseconds=min(max(milliseconds, _FIRST), _LAST))
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_json(text: str) -> int | None:
    """Milliseconds since 1970 of a date in ISO 8601, in UTC where it names no zone; None if it is no such date."""
    try:
        moment = datetime.fromisoformat(text.upper())
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return min(max((aware - _EPOCH) // timedelta(milliseconds=1), _FIRST), _LAST)
    except (ValueError, OverflowError):
        return None
