"""Times as people type them: 90, 90s, 3m, 1h20m."""

import re
from typing import Final

_LONGEST: Final = 366 * 86_400  # seconds
_TIME: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?")


def seconds(flag: str, text: str, errors: list[str]) -> int:
    """The seconds in `text`; what is no time above 0, or above a year, is told in `errors`, and gives 0."""
    found = _TIME.fullmatch(text.strip())
    hours, minutes, rest = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    total = hours * 3600 + minutes * 60 + rest
    if total > _LONGEST:
        errors.append(f"{flag} {text} is longer than a year: give less.")
        return 0
    if not total:
        errors.append(f"{flag} {text} is no time above 0: write it like 90, 90s, 3m or 1h20m.")
    return total
