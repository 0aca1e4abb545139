"""How many open files phones' sockets may take: all that the process may have, but for what a run needs besides.

A run that comes to its end writes down what it found, and a process without a free descriptor cannot.
"""

import resource
import sys
from contextlib import suppress
from typing import Final

SPARE: Final = 128  # that are never a phone's socket, or a quarter where there are few: journal, results, databases
_OPEN_MAX: Final = 10_240  # as much as macOS takes, where it says that there is no limit


def raise_limit() -> int:
    """Let this process open as many files as it may; the descriptor from which on none is to be a phone's socket.

    The kernel gives the lowest descriptor that is free: whoever gets one from this on is told that they run out.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    for limit in (_OPEN_MAX, most):
        if limit == resource.RLIM_INFINITY or limit > resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= 0:
            with suppress(ValueError, OSError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (limit, most))
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return sys.maxsize
    return limit - min(SPARE, limit // 4)
