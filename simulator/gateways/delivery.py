"""One push that reached a gateway, as 64 fixed bytes."""

from enum import IntEnum
from struct import Struct
from typing import Final, NamedTuple

import numpy as np

NOBODY: Final = 2**32 - 1


class Provider(IntEnum):
    """Which provider's gateway was reached; the number stands for it in DELIVERY."""

    APNS = 1
    FCM = 2
    WEB = 3


class Topic(IntEnum):
    """What a push was sent as: for APNs what its topic says, for the others their only way."""

    OTHER = 0
    ALERT = 1  # APNs, topic <bundle>
    VOIP = 2  # APNs, topic <bundle>.voip
    MESSAGE = 3  # FCM and Web Push


class Delivery(NamedTuple):
    """A push for one token, whatever was answered to it.

    `register`, `value` and `origin` are what a read-back row of the token would be: `origin` is the register the token
    was minted for (0: unknown) and `register` that of the slot it was pushed for, which differs in its type where
    provider or topic are wrong for the token; `value` is run << 20 | generation, or -2 ghost, -3 truncated, -4 folded.
    """

    provider: Provider
    topic: Topic
    status: int  # what was answered; 0: nothing, the connection was ended
    reason: int  # index into `REASONS`: why it was refused, 0 = it was not
    push_type: int  # index into `PUSH_TYPES`: what `apns-push-type` said; 0 = nothing, or not APNs
    fleet: int  # the number of the fleet that minted the token, 0: unknown
    owner: int  # the person that the push's mark names; NOBODY: the push bears none
    sent: int  # monotonic ns: when the push was sent, says its mark; 0: it bears none
    register: int
    value: int
    origin: int
    received: int  # monotonic ns; the front end stamps it when the request's last byte was read
    answered: int  # monotonic ns; the front end stamps it when the answer was handed over


DELIVERY: Final = np.dtype(
    [
        ("provider", "u1"),
        ("topic", "u1"),
        ("status", "<u2"),
        ("reason", "u1"),
        ("push_type", "u1"),
        ("spare", "V2"),
        ("fleet", "<u4"),
        ("owner", "<u4"),
        ("sent", "<i8"),
        ("register", "<u8"),
        ("value", "<i8"),
        ("origin", "<u8"),
        ("received", "<i8"),
        ("answered", "<i8"),
    ]
)
PACK: Final = Struct("<BBHBB2xIIqQqQqq")
assert PACK.size == DELIVERY.itemsize == 64  # noqa: S101 - the two layouts must never drift apart
