"""Where a provider with faults takes requests: each is judged or not, journaled or not, and answered somehow."""

import time
from collections.abc import Iterable
from typing import Final, NamedTuple
from urllib.parse import unquote

from simulator.gateways.fast import judged
from simulator.gateways.faults import DELAYS, GOAWAY, REFUSALS, RESET, Fault, Faults
from simulator.gateways.journal import Journal
from simulator.gateways.reasons import number_of
from simulator.gateways.refusing import refusal
from simulator.gateways.request import Answer, Judge, Request

_NANOSECONDS: Final = 1_000_000_000
MOST_BYTES: Final = 1 << 20  # of a body that are kept: more than any provider takes, so that it refuses the rest too


class Fate(NamedTuple):
    """What becomes of a request."""

    answer: Answer | None  # None: the connection goes away before it is looked at
    fault: Fault | None


class Fields:
    """A request's headers, several by one name among them; one that is not ASCII is as if it was not there."""

    def __init__(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            if name.isascii() and value.isascii():  # granian does the same
                self._values.setdefault(name.decode().lower(), []).append(value.decode())

    def get(self, name: str, /) -> str | None:
        """The first value of a header; None if it is not there."""
        values = self._values.get(name)
        return values[0] if values else None

    def items(self) -> list[tuple[str, str]]:
        """Every header and its value."""
        return [(name, value) for name, values in self._values.items() for value in values]


def path_of(target: str) -> str:
    """The path in a request's target, decoded as granian does it."""
    return unquote(target.partition("?")[0], errors="replace")


class Desk:
    """One provider's."""

    def __init__(self, judge: Judge, journal: Journal, faults: Faults) -> None:
        self._judge = judge
        self._journal = journal
        self._faults = faults

    def take(self, request: Request, *, may_go_away: bool = True) -> Fate:
        """Decide; where the connection cannot go away, the push meets no fault instead."""
        received, fault = time.monotonic_ns(), self._faults.draw()
        if fault is not None and fault.name == GOAWAY:
            if may_go_away:
                return Fate(None, fault)
            fault = None
        answer, delivery = judged(self._judge, request)
        if delivery is None:
            return Fate(answer, None)
        if fault is not None and fault.name in REFUSALS:
            answer, reason = refusal(delivery.provider, fault, request)
            delivery = delivery._replace(status=answer.status, reason=number_of(reason))
        elif fault is not None and fault.name == RESET:
            delivery = delivery._replace(status=0)
        late = fault.seconds if fault is not None and fault.name in DELAYS else 0.0
        self._journal.append(delivery, received, time.monotonic_ns() + int(late * _NANOSECONDS))
        return Fate(answer, fault)
