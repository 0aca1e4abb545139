"""How a call ended, and what went wrong: two numbers of the journal's record."""

from enum import IntEnum
from typing import Final, Self

FIRST_BREACH: Final = 64


class Outcome(IntEnum):
    """How a call ended. FAIL is provably without effect; an INFO write may take effect at any time, or never."""

    OK = 0
    FAIL = 1
    INFO = 2


class Fault(IntEnum):
    """What went wrong, 0 for nothing; from `FIRST_BREACH` on: an answer that the API page does not allow.

    The numbers are written to journals: they may be added to, never reused. Each fault has a `sentence`.
    """

    sentence: str

    def __new__(cls, number: int, sentence: str = "") -> Self:
        """Pair a number with its sentence; `Fault(number)` looks a member up as in any enumeration."""
        fault = int.__new__(cls, number)
        fault._value_ = number
        fault.sentence = sentence
        return fault

    NONE = 0, "Nothing went wrong."

    # On the way there: no byte of the request left.
    REFUSED = 1, "The host refused the connection."
    UNRESOLVED = 2, "The host's name could not be resolved."
    UNREACHABLE = 3, "The host could not be reached."
    CONNECT_TIMEOUT = 4, "The connection was not open in time."
    TLS = 5, "The TLS handshake failed."
    NO_SOCKET = 6, "This machine had no socket or port left for another connection."
    PROXY = 7, "The proxy did not connect to the host, or wants to know who we are (407)."

    # On the way back: some or all of the request may have arrived.
    TIMEOUT = 16, "The answer was not complete in time."
    RESET = 17, "The connection was reset before the answer was complete."
    CUT_OFF = 18, "The connection was closed before the answer was complete."
    TOO_LARGE = 19, "The answer was larger than the client reads."
    MALFORMED = 20, "The answer was no HTTP that the client understands."
    INTERRUPTED = 21, "The run was stopped before the answer was complete."
    PHONE = 22, "The phone lost the connection, as its scenario would have it."
    NETWORK = 23, "The simulated network of the phone lost the call."

    # The server's own word, which the contract or common practice allows.
    SERVER_ERROR = 32, "The server answered with an error of its own (5xx)."
    RATE_LIMITED = 33, "The server refused the call because of its rate limit (429)."
    UNAUTHORIZED = 34, "The server refused the client token (401)."
    KEY_REFUSED = 35, "The server refused the client key or the API key."
    GAVE_UP = 36, "The server gave up waiting for the request (408)."

    BREACH_STATUS = 64, "The status is not one that the API page allows for what was sent."
    BREACH_RC = 65, "The status was 2xx but RC was not 0."
    BREACH_SHAPE = 66, "The body is not the JSON object that the API page documents."
    BREACH_CODE = 67, "The refusal was due, but its error code is another than the documented one."
    BREACH_REDIRECT = 68, "The server answered with a redirect (3xx), which was not followed."

    @property
    def is_breach(self) -> bool:
        """Whether the answer broke the contract: anomaly `contract_breach`."""
        return self >= FIRST_BREACH
