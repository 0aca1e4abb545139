"""One journal record of a register, with names."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from results.journal.record import ABSENT, CONDEMNED, DEAD, RECORD, Call, Outcome


class Fact(NamedTuple):
    """A record's fields, in the record's order."""

    call: int
    outcome: int
    fault: int
    scenario: int
    status: int
    rows: int
    rc: int
    owner: int
    register: int
    value: int
    origin: int
    intended: int
    sent: int
    done: int

    @property
    def ok(self) -> bool:
        """Acknowledged."""
        return self.outcome == Outcome.OK

    @property
    def timed_out(self) -> bool:
        """May act at any time from `sent` on, or never."""
        return self.outcome == Outcome.INFO

    @property
    def refused(self) -> bool:
        """Answered, and provably without effect; a refused connection is no answer."""
        return self.outcome == Outcome.FAIL and self.status > 0

    @property
    def went_out(self) -> bool:
        """A subscribe or unsubscribe that may have reached the backend."""
        return self.call in (Call.SUBSCRIBE, Call.UNSUBSCRIBE) and (self.ok or self.timed_out or self.refused)

    @property
    def is_read(self) -> bool:
        """Shows from outside what the backend holds."""
        return self.outcome == Outcome.OK and self.call in (Call.READBACK, Call.DELIVERY)

    @property
    def dead(self) -> bool:
        """A push whose provider said that the token is dead, or never was one."""
        return self.call == Call.DELIVERY and (self.status in DEAD or self.rc == CONDEMNED)

    @property
    def found_nothing(self) -> bool:
        """A read that found no subscription, or an unsubscribe that had none to remove.

        `n` counts the records removed. An acknowledged unsubscribe with n = 0 found its register empty at the one
        moment it acted, and changed nothing: it is a read of absence, exactly, and no delete. n = 1 says only that
        something stood there, which no zone can use: it stays a plain delete, see `removals` for what it proves.
        n > 1 counts duplicates.
        """
        if self.call == Call.UNSUBSCRIBE:
            return self.outcome == Outcome.OK and self.rows == 0
        return self.is_read and self.value == ABSENT


assert Fact._fields == RECORD.names  # noqa: S101 - facts are made from whole records


def facts_of(rows: Iterable[tuple[Any, ...]]) -> list[Fact]:
    """Facts of records given as tuples."""
    return list(map(Fact._make, rows))
