"""One journal record and one Locust request event for every operation. This is the hot path: measure what is added."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from results.journal.record import ABSENT, CONDEMNED, NO_RC, NO_REGISTER, NO_ROWS, NOBODY, PACK, Call, Outcome
from simulator.client import Fault, Pushed
from simulator.client import Outcome as ClientOutcome
from simulator.phones import Kind, Operation
from simulator.tokens import PushType

if TYPE_CHECKING:
    from locust.env import Environment

    from locustfiles._deliveries import Found
    from results.journal import Writer


class RequestFailed(Exception):  # noqa: N818 - Locust shows its text in the table of failures
    """What Locust is told of an operation that was not ok; few texts, for Locust groups by them."""


# A refusal that was due is no failure: nothing went wrong. Nor is what the phone, or its network, was to do.
_NO_FAILURES = {Fault.NONE, Fault.PHONE, Fault.NETWORK}
_FAILURES = {fault: None if fault in _NO_FAILURES else RequestFailed(fault.sentence) for fault in Fault}
# By the numbers of the call and of the type: looking two enumerations up in a dictionary takes twice as long.
_WIRES = {int(which): which.wire for which in PushType}
_NAMES = [[f"{kind.name.lower()}/{_WIRES.get(which)}" for which in range(max(_WIRES) + 1)] for kind in Kind]
_pack = PACK.pack
_OK = ClientOutcome.OK  # Python 3.11 looks a member of an enumeration up in Python code


class Recorder:
    """Hands what the simulator observes to the journal and to Locust."""

    def __init__(self, journal: "Writer", environment: "Environment", tally: Callable[..., None] | None = None) -> None:
        """Where only `tally` listens to requests, it is told without the event's way round, which takes far longer."""
        self._journal = journal
        self._append = journal.append
        request = environment.events.request
        self._fire: Callable[..., None] = request.fire
        self._listeners: list[Any] = getattr(request, "_handlers", [])  # Locust's own list
        self._only: list[Any] = [tally]

    def operation(self, operation: Operation) -> None:
        """Keep one API call."""
        kind, _, scenario, owner, register, value, intended, answer = operation
        outcome, fault, status, rc, rows, sent, done, _ = answer
        packed = _pack(
            kind, outcome, fault, scenario, status, rows, rc, owner, register, value, register, intended, sent, done
        )
        self._journal.add(packed)
        exception = None if outcome is _OK else _FAILURES[fault]
        name, response_time = _NAMES[kind][register & 0xFF], (done - intended) / 1e6
        if self._listeners == self._only:
            self._only[0]("POST", name, response_time, 0, exception)
            return
        self._fire(
            request_type="POST",
            name=name,
            response_time=response_time,
            response_length=0,
            exception=exception,
            context={},
        )

    def push(self, owner: int, marked: int, scenario: int, due: int, pushed: Pushed) -> None:
        """Keep the call of a push whose mark says `marked`."""
        answer, number = pushed
        outcome, fault, status, rc, rows, sent, done, _ = answer
        what = (scenario, status, rows, rc, owner, NO_REGISTER, marked, number)
        self._append(Call.PUSH, outcome, fault, *what, due, sent, done)
        self._fire(
            request_type="POST",
            name="push",
            response_time=(done - due) / 1e6,
            response_length=0,
            exception=None if outcome is _OK else _FAILURES[fault],
            context={},
        )

    def delivery(self, owner: int, marked: int, found: "Found") -> None:
        """Keep one delivery of a push to `owner` whose mark says `marked`."""
        rc = CONDEMNED if found.condemned else NO_RC
        what = (found.status, NO_ROWS, rc, owner, found.register, found.value, found.origin)
        self._append(Call.DELIVERY, Outcome.OK, 0, 0, *what, found.answered, marked, found.received)

    def closed(self, owner: int, marked: int, known: int, tokens: int, outcome: Outcome) -> None:
        """Keep what is known at `known` of a push: the number of its tokens, or that it is not closed."""
        what = (0, tokens, NO_RC, owner, NO_REGISTER, ABSENT, NO_REGISTER)
        self._append(Call.CLOSED, outcome, 0, 0, *what, marked, marked, known)

    def unreached(self, owner: int, marked: int, known: int) -> None:
        """Keep that a push is over, and that it tells nothing of the devices that it did not reach."""
        self.closed(owner, marked, known, NO_ROWS, Outcome.OK)

    def not_sent(self, scenario: int, due: int) -> None:
        """Keep an arrival that could not be sent."""
        what = (scenario, 0, NO_ROWS, NO_RC, NOBODY, NO_REGISTER, ABSENT, NO_REGISTER)
        self._append(Call.ARRIVAL, Outcome.NOT_SENT, 0, *what, due, due, due)
