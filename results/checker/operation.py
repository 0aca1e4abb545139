"""One operation on a register, as the order check sees it."""

from typing import Final, NamedTuple

WRITE: Final = 0
DELETE: Final = 1
READ: Final = 2

ABSENT: Final = -1
NEVER: Final = 2**62  # the end of an operation that never answered
BEFORE_EVERYTHING: Final = -(2**62)


class Operation(NamedTuple):
    """A closed interval on one register: `a` precedes `b` only if `a.ret < b.inv`.

    Times are integers of any one unit. Plain integers stand for the kinds, since an enum's comparison would cost
    more than the check itself.
    """

    kind: int  # WRITE, DELETE or READ
    value: int  # what was written or read; ABSENT for a delete and for a read that found nothing
    inv: int
    ret: int
    ok: bool  # False: may have acted at any one moment from inv to ret, or never; a read is always ok
    record: int  # where its record is; negative: there is none, it stands for what happened before
