"""What commands that serve in the foreground have in common: they run until they are told to end."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from simulator.errors import CannotKnow

_LOOK_SECONDS: Final = 0.5  # how often the processes are looked after


@contextmanager
def signals_to_end() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set, in place of what they would do otherwise."""
    told = threading.Event()
    before = {number: signal.signal(number, lambda *_: told.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wait_for_the_end(told: threading.Event, name: str, alive: Callable[[], bool], log: Callable[[], str]) -> None:
    """Return when it is told to end; CannotKnow if what is served dies before that."""
    while not told.wait(_LOOK_SECONDS):
        if not alive():
            raise CannotKnow(f"{name} died, of no doing of ours. The last words: {log()}")
