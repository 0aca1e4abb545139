"""Browsers that Web Push subscriptions come from: names, versions, and the systems they run on.

ASSUMPTION: all shares, and the versions that the vendors' calendars lead one to expect late in 2026.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Browser:
    """One browser. Versions and systems are drawn by their shares."""

    name: str
    versions: OrderedDict[str, float]  # none: a version of the browser is that of its system
    systems: OrderedDict[str, float]  # each ends with its version


BROWSERS: Final = {
    "chrome": Browser(
        "Chrome",
        OrderedDict([("158", 0.50), ("157", 0.25), ("155", 0.15), ("149", 0.10)]),
        OrderedDict([("Windows 11", 0.45), ("Android 14", 0.25), ("macOS 26.4", 0.15), ("Windows 10", 0.15)]),
    ),
    "firefox": Browser(
        "Firefox",
        OrderedDict([("157", 0.50), ("156", 0.25), ("153", 0.15), ("140", 0.10)]),
        OrderedDict([("Windows 11", 0.55), ("Linux 6.12", 0.20), ("Android 14", 0.15), ("macOS 26.4", 0.10)]),
    ),
    # On an iPhone only apps on the home screen can be pushed to.
    "safari": Browser(
        "Safari",
        OrderedDict(),
        OrderedDict([("macOS 26.4", 0.45), ("macOS 26.2", 0.25), ("iOS 26.4", 0.20), ("iOS 27.0", 0.10)]),
    ),
}
"""By the name of the form that their tokens have."""
