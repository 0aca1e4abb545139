"""`--backend-fault NAME=SECONDS`: the embedded backend ended in mid-run, again and again, and started again."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

import gevent
from gevent.lock import BoundedSemaphore

from simulator.backend import Embedded
from simulator.backend.faults import FAULTS
from simulator.errors import PushfleetError, UsageError

_SHORTEST: Final = 0.1  # seconds: starting takes longer
_LONGEST: Final = 86_400.0  # seconds
_FORM: Final = "NAME=SECONDS, such as kill=2s"
_NUMBER: Final = re.compile(r"(\d+(?:\.\d+)?)s?")


class Every(NamedTuple):
    """A fault, and how long the backend serves before each time it comes."""

    name: str
    seconds: float


def parse_faults(texts: Sequence[str]) -> tuple[Every, ...]:
    """Faults as typed. Raises UsageError with every mistake, a line each."""
    found, mistakes = list[Every](), list[str]()
    for text in texts:
        name, _, seconds = text.partition("=")
        number = _NUMBER.fullmatch(seconds)
        lasts = float(number[1]) if number else 0.0
        if name not in FAULTS:
            mistakes.append(f"--backend-fault {text} is unknown: choose from {', '.join(FAULTS)}, as {_FORM}.")
        elif not _SHORTEST <= lasts <= _LONGEST:
            mistakes.append(f"--backend-fault {text} has no time from {_SHORTEST:g} s to a day: give {_FORM}.")
        elif name in (one.name for one in found):
            mistakes.append(f"--backend-fault {name} is given twice: once is enough.")
        else:
            found.append(Every(name, lasts))
    if mistakes:
        raise UsageError("\n".join(mistakes))
    return tuple(found)


class BackendFaults:
    """Ends a backend while the load lasts, and starts it again each time; of two faults at once, one waits."""

    def __init__(self, backend: Embedded, faults: Sequence[Every]) -> None:
        self.struck: Counter[str] = Counter()  # fault → how often it came
        self.died = False  # the backend did, of no doing of ours
        self.failure = ""  # a sentence, if it could not be started again
        self._backend = backend
        self._turn = BoundedSemaphore(1)
        self._ceased = False
        backend.stand_by()
        self._chores = [gevent.spawn(self._come_again, every) for every in faults]

    def cease(self) -> None:
        """No more of them; one that is under way is seen to its end, in which the backend serves again."""
        self._ceased = True

    def wait(self) -> None:
        """Until the backend serves again, or cannot; `cease` comes first."""
        with self._turn:
            gevent.killall(self._chores)

    def _come_again(self, every: Every) -> None:
        while True:
            gevent.sleep(every.seconds)
            with self._turn:
                if self._ceased or self.died or self.failure:
                    return
                self._strike(every.name)

    def _strike(self, name: str) -> None:
        self._backend.wait_for_successors()  # until then it serves: on a busy machine starting takes seconds
        if not self._backend.alive():
            self.died = True
            return
        FAULTS[name].end(self._backend)
        self.struck[name] += 1
        try:
            self._backend.start_again()
            self._backend.stand_by()
        except PushfleetError as error:
            self.failure = f"The embedded backend could not be started again after {name}: {error}"
