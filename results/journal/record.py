"""The journal's record: 64 fixed bytes for every operation, delivery, read-back row, lost arrival and stall.

Times are `time.monotonic_ns()`, a clock that all processes of one machine share; never the wall clock.
Numbers stand for names (types, scenarios) that `run.json` spells out under "names".
"""

import struct
from enum import IntEnum
from typing import Final

import numpy as np

SCHEMA: Final = 1


class Call(IntEnum):
    """What a record is about. Below 8: API calls; 8 to 15: reads from outside; from 16: the generator itself."""

    SUBSCRIBE = 0
    UNSUBSCRIBE = 1
    PUSH = 2  # to one person; `value` is the moment that its mark names (monotonic ns), `origin` the backend's number
    READBACK = 8  # a row of the backend's store, or its proven absence
    DELIVERY = 9  # a push that reached a gateway
    CLOSED = 10  # what is known of a push's deliveries; see below
    ARRIVAL = 16  # an arrival that could not be sent; its outcome is NOT_SENT
    STALL = 17  # the generator itself stood still from `sent` to `done`; see below


class Outcome(IntEnum):
    """How a call ended. FAIL is provably without effect; an INFO write may take effect at any time, or never."""

    OK = 0
    FAIL = 1
    INFO = 2
    NOT_SENT = 3


class Cause(IntEnum):
    """Why the generator stood still: a STALL's `fault`."""

    LATE = 0  # it was woken late, whatever the cause; the only one that older journals know
    BUSY = 1  # one round of its event loop took so long
    COLLECTION = 2  # of garbage
    WAITED = 3  # other programs had the CPU
    STOLEN = 4  # the hypervisor had it


# WAITED and STOLEN say in `value` how many ns of the time it was, and not which. Elsewhere it is ABSENT: all of them.

# A push is known by (owner, sent): the person and the moment that its mark names. All its deliveries bear both.
# DELIVERY: `done` is when the gateway had received it, `status` what it answered (0: nothing), and `intended` when. One
# of NOBODY is of no push that is known, with 0 for `sent`: it is kept for what the provider said of the token.
# CLOSED ends every push that may have been carried out. OK: the backend says that it attempted deliveries to `rows`
# tokens and is done, and as many were seen at the gateways; it chose them between `sent` and `done`. INFO: that is not
# known, and what the gateways received after `done` may not be in the journal.

# An operation's `fault` where the phone itself lost the connection, because that is what was to be tried.
PHONE: Final = 22
NETWORK: Final = 23  # its simulated network did, or let no byte of the call out

# A provider's words about a token that allow a backend to remove it: a DELIVERY's status, or CONDEMNED as its rc.
DEAD: Final = (404, 410)
CONDEMNED: Final = 1

ABSENT: Final = -1  # a delete's value, and that of a read that found nothing
GHOST: Final = -2  # a read found a token nobody minted
TRUNCATED: Final = -3  # as GHOST, but the token is a prefix of a minted one
FOLDED: Final = -4  # as GHOST, but the token differs from a minted one in case

NO_REGISTER: Final = 0
NO_RC: Final = -1
NO_ROWS: Final = -1
NOBODY: Final = 2**32 - 1
STRANGER: Final = 2**32 - 2  # a read names somebody who is not of the fleet

# Codes of `fault` from here on are breaches of the contract: answers that the API page does not allow.
FIRST_BREACH: Final = 64

RECORD: Final = np.dtype(
    [
        ("call", "u1"),
        ("outcome", "u1"),
        ("fault", "u1"),  # what went wrong, 0 = nothing; from FIRST_BREACH on: a contract breach; a stall's Cause
        ("scenario", "u1"),
        ("status", "<u2"),  # HTTP status, 0 = no answer
        ("rows", "<i2"),  # an unsubscribe's `n`; how many tokens a closed push was sent to; or NO_ROWS
        ("rc", "<i4"),  # the answer's RC; a delivery: CONDEMNED where the token is; or NO_RC
        ("owner", "<u4"),  # the person; for a read: whom the row names or the push was for, STRANGER, or NOBODY
        ("register", "<u8"),  # device << 24 | install << 8 | type; 0 = none, or one that nobody can tell
        ("value", "<i8"),  # the token written or read: run << 20 | generation; or ABSENT, GHOST, TRUNCATED, FOLDED
        ("origin", "<u8"),  # reads: the register that the token found was minted for, 0 = unknown; otherwise `register`
        ("intended", "<i8"),  # when the arrival was due; a delivery: when it was answered
        ("sent", "<i8"),  # before its first byte left, or before the client connected for it
        ("done", "<i8"),  # after the body was parsed
    ]
)

# The same layout for one record at a time: struct packs a row several times faster than NumPy does.
PACK: Final = struct.Struct("<BBBBHhiIQqQqqq")
assert PACK.size == RECORD.itemsize == 64  # noqa: S101 - the two layouts must never drift apart
