"""Histories of many registers, and the exact check of every register in one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from results.checker.operation import Operation
from results.checker.register import Finding, Legality, judge_register
from results.checker.zones import Violation
from results.verdict import Verdict

FEW: Final = 50_000  # operations that Python has judged before the kernel is even loaded
LONG: Final = 100  # operations of one register that take Python longer than narrowing them down does


@dataclass(frozen=True, slots=True)
class History:
    """Operations sorted by register, one array a column; `first` holds where each register's begin, and their end."""

    registers: NDArray[np.int64]  # each register once, ascending
    first: NDArray[np.int64]
    kind: NDArray[np.int8]
    value: NDArray[np.int64]
    inv: NDArray[np.int64]
    ret: NDArray[np.int64]
    ok: NDArray[np.bool_]

    def operations(self, place: int, kept: NDArray[np.bool_] | None = None) -> Sequence[Operation]:
        """Those of the register at a place of `registers`; their `record` counts from 0 within the register.

        `kept` tells which to leave out.
        """
        columns = self.columns(place)
        records: Iterable[int] = range(len(columns[0]))
        if kept is not None:
            columns, records = tuple(column[kept] for column in columns), np.flatnonzero(kept).tolist()
        return list(map(Operation, *(column.tolist() for column in columns), records))

    def columns(self, place: int) -> tuple[NDArray[Any], ...]:
        """Kind, value, inv, ret and ok of the register at a place of `registers`."""
        begin, end = self.first[place : place + 2].tolist()
        return tuple(column[begin:end] for column in (self.kind, self.value, self.inv, self.ret, self.ok))


@dataclass(frozen=True, slots=True)
class HistoryVerdict:
    """What became of a history: the registers that are illegal, and those that nobody can judge."""

    registers: int
    illegal: dict[int, Violation]  # each with the first thing that is wrong with it
    unknown: list[int]

    @classmethod
    def merged(cls, parts: Iterable[Self]) -> Self:
        """The verdict on the whole, from those on all of its shards."""
        known = list(parts)
        illegal = sorted((register, violation) for part in known for register, violation in part.illegal.items())
        unknown = sorted(register for part in known for register in part.unknown)
        return cls(sum(part.registers for part in known), dict(illegal), unknown)

    @property
    def verdict(self) -> Verdict:
        """Violated if any register is illegal; unknown if any is open."""
        if self.illegal:
            return Verdict.VIOLATED
        return Verdict.UNKNOWN if self.unknown or not self.registers else Verdict.PASS


def check_history(history: History) -> HistoryVerdict:
    """Judge every register of a history by itself: whatever is not surely legal in Python, which can tell why."""
    illegal, unknown = {}, []
    for place in _to_judge(history).tolist():
        finding = _narrowly(history, place) or judge_register(history.operations(place))
        if finding.legality is Legality.ILLEGAL:
            illegal[int(history.registers[place])] = finding.violations[0]
        elif finding.legality is Legality.OPEN:
            unknown.append(int(history.registers[place]))
    return HistoryVerdict(len(history.registers), illegal, unknown)


def _narrowly(history: History, place: int) -> Finding | None:
    """The first thing wrong with a long register, by the operations that it takes; None if it takes them all."""
    if len(history.kind) < FEW or history.first[place + 1] - history.first[place] < LONG:
        return None
    from results.checker.kernel.zones import Columns  # noqa: PLC0415 - numba takes its time to be imported
    from results.checker.narrowing import suspects  # noqa: PLC0415 - as above

    kept = suspects(Columns(*history.columns(place)))
    finding = None if kept is None else judge_register(history.operations(place, kept))
    return finding if finding is not None and finding.legality is Legality.ILLEGAL else None


def _to_judge(history: History) -> NDArray[np.intp]:
    """The places of the registers that are not known to be legal."""
    if len(history.kind) < FEW:
        return np.arange(len(history.registers))
    from results.checker.kernel.screen import screened  # noqa: PLC0415 - numba takes its time to be imported
    from results.checker.kernel.zones import Columns  # noqa: PLC0415 - as above

    legal = screened(history.first, Columns(history.kind, history.value, history.inv, history.ret, history.ok))
    return np.flatnonzero(~legal)
