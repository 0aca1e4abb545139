"""How many open files sockets may take: all that the process may have, but for what a run needs besides.

A run that comes to its end writes down what it found, and a process without a free descriptor cannot.
"""

import resource
import sys
from contextlib import suppress
from typing import Final

SPARE: Final = 128  # that are never a phone's socket, or a quarter where there are few: journal, results, databases


def lowest_spare() -> int:
    """The descriptor from which on none is for a socket; the limit is raised as far as the process may.

    The kernel gives the lowest descriptor that is free: whoever gets one from this on is told that they run out.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # macOS has a lower limit than it says
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = sys.maxsize if soft == resource.RLIM_INFINITY else soft
    return limit - min(SPARE, limit // 4)
