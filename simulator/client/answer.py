from typing import Final, NamedTuple

from simulator.client.outcome import Fault, Outcome

NO_STATUS: Final = 0
NO_RC: Final = -1
NO_ROWS: Final = -1


class Answer(NamedTuple):
    """What one call came to, ready for the journal.

    `sent` was stamped before the client queued or connected and `done` after the body was parsed, both in
    nanoseconds of the client's clock. A tuple, since one is made for every call of a load test.
    """

    outcome: Outcome
    fault: Fault
    status: int  # 0 = no answer
    rc: int  # NO_RC = the answer had none
    rows: int  # an unsubscribe's `n`, or NO_ROWS
    sent: int
    done: int
    retry_after: float = 0.0  # seconds a rate limit asks for; 0.0 = it did not say


class Pushed(NamedTuple):
    """What a push came to, and the number under which a deployment that keeps a log of pushes keeps it."""

    answer: Answer
    id: int  # 0 = the deployment did not say


class PushEntry(NamedTuple):
    """What the embedded backend's log says of a push; each is a number of tokens."""

    selected: int  # the people's subscriptions, when it looked
    attempted: int  # of these, those that it has sent to, or given up
    delivered: int
    failed: int
    pruned: int  # removed since, for a provider called them dead
    closed: bool  # nothing more will be attempted
