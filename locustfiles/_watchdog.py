"""The generator watching itself: whoever sleeps 50 ms and wakes late has measured how long nothing could run.

The idea is Hyperfoil's. Garbage collection, a busy neighbour, a slow scenario: whatever held the event loop up held up
every answer that came in meanwhile, so it belongs in the journal beside them.
"""

import time
from collections.abc import Callable
from typing import Final

import gevent

PERIOD: Final = 0.05  # seconds
SHORTEST: Final = 10_000_000  # ns; below this a stall is the event loop's ordinary round


def watch(report: Callable[[int, int], None]) -> None:
    """Report (began, ended), monotonic ns, of every stall of at least SHORTEST; never returns."""
    while True:
        due = time.monotonic_ns() + int(PERIOD * 1e9)
        gevent.sleep(PERIOD)
        woken = time.monotonic_ns()
        if woken - due >= SHORTEST:
            report(due, woken)
