"""A run's records by the registers that they are about, and which of those need a closer look."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from results.checker.fact import Fact, facts_of
from results.checker.projection import Frame
from results.journal.record import NO_REGISTER, Call

Registers = Callable[[NDArray[np.uint64]], NDArray[np.bool_]]

FEW: Final = 50_000  # records that Python has judged before the kernel is even loaded
_OF_REGISTERS: Final = (Call.SUBSCRIBE, Call.UNSUBSCRIBE, Call.READBACK, Call.DELIVERY)
_CHANGES: Final = (Call.SUBSCRIBE, Call.UNSUBSCRIBE)


class Screened(IntEnum):
    """What is known of a register at first sight."""

    UNSURE = 0  # to be judged
    RIGHT = 1  # what was sent for it and read there is in order
    NOTHING = 2  # nothing was sent for it, and what was read says nothing


@dataclass(frozen=True, slots=True)
class ByRegister:
    """Records sorted by register and `sent`; the other arrays go by register."""

    records: NDArray[np.void]
    first: NDArray[np.int64]  # where each register's records begin, and their end at last
    dead: NDArray[np.bool_]  # operations of the register are missing from the journal
    pending: NDArray[np.bool_]  # an earlier run's call to it was never answered

    @classmethod
    def of(cls, records: NDArray[np.void], dead: Registers | None, pending: Registers | None) -> Self:
        """Those of the records that are about a register."""
        kept = records[np.isin(records["call"], _OF_REGISTERS) & (records["register"] != NO_REGISTER)]
        kept = kept[np.lexsort((kept["sent"], kept["register"]))]
        registers, first = np.unique(kept["register"], return_index=True)
        none = np.zeros(len(registers), np.bool_)
        return cls(
            kept,
            np.append(first, len(kept)),
            none if dead is None else dead(registers),
            none if pending is None else pending(registers),
        )

    def facts(self, place: int) -> list[Fact]:
        """The records of one register."""
        return facts_of(self.records[self.first[place] : self.first[place + 1]].tolist())

    def records_of(self, chosen: NDArray[np.bool_]) -> NDArray[np.void]:
        """The records of the chosen registers."""
        if chosen.all():
            return self.records
        found: NDArray[np.void] = self.records[np.repeat(chosen, np.diff(self.first))]
        return found

    def screened(self, frame: Frame) -> NDArray[np.int8]:
        """What the kernel can say of each register, as `Screened`; a small journal is not worth loading it."""
        if len(self.records) < FEW or frame.later:
            return np.zeros(len(self.dead), np.int8)
        from results.checker.kernel.run_screen import screen_run  # noqa: PLC0415 - numba takes its time to be imported

        found = screen_run(self.records, self.first, frame.run)
        found[self.dead | self.pending | self._unclosed(frame)] = Screened.UNSURE
        return found

    def _unclosed(self, frame: Frame) -> NDArray[np.bool_]:
        """The registers of people one of whose pushes is not known to be closed."""
        changes = np.isin(self.records["call"], _CHANGES)
        theirs = changes & np.isin(self.records["owner"], list(frame.unclosed))
        found: NDArray[np.bool_] = np.add.reduceat(theirs, self.first[:-1]) > 0
        return found
