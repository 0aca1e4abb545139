"""How long a rate limit asks to wait: the Retry-After header (RFC 9110, section 10.2.3) or the body's `retryAfter`."""

import math
from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any


def retry_after(headers: Mapping[bytes, bytes], document: Mapping[str, Any]) -> float:
    """Return the seconds to wait, 0.0 if the answer does not say. The header outranks the body.

    A date in the header is counted from the answer's own Date, so that no clock of ours is needed.
    """
    value = headers.get(b"retry-after", b"").strip()
    if value.isdigit():
        return float(min(int(value[:12]), 10**9))
    if value:
        return _until(value, headers.get(b"date", b""))
    seconds = document.get("retryAfter")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds):
        return 0.0
    return float(max(seconds, 0))


def _until(moment: bytes, now: bytes) -> float:
    try:
        wait = parsedate_to_datetime(moment.decode("latin-1")) - parsedate_to_datetime(now.decode("latin-1"))
    except (TypeError, ValueError, OverflowError):  # no dates, or one with and one without a zone
        return 0.0
    return max(wait / timedelta(seconds=1), 0.0)
