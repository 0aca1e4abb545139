"""The chances a run gave its anomalies to show. A class without a chance is not exercised, and never a proven zero."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from results.journal.record import ABSENT, NOBODY, Call, Outcome

Flags = NDArray[np.bool_]
Chance = Callable[["Past"], Flags]

_LONG_AGO: Final = -(2**63)


class Past:
    """Records of registers, sorted by register and `sent`, and what each of them is: arrays as long as they are."""

    def __init__(self, records: NDArray[np.void]) -> None:
        self.records = records
        self.registers, self.register = np.unique(records["register"], return_inverse=True)
        call, outcome = records["call"], records["outcome"]
        self.ok, self.timed_out = outcome == Outcome.OK, outcome == Outcome.INFO
        self.absent = records["value"] == ABSENT
        acted = self.ok | self.timed_out
        self.subscribes, self.unsubscribes = (call == Call.SUBSCRIBE) & acted, (call == Call.UNSUBSCRIBE) & acted
        self.changes = self.subscribes | self.unsubscribes
        self.rows, self.deliveries = (call == Call.READBACK) & self.ok, (call == Call.DELIVERY) & self.ok
        self.reads = self.rows | self.deliveries

    def read_after(self, reads: Flags) -> Flags:
        """Which records ended before one of these of their register began."""
        latest = np.full(len(self.registers), _LONG_AGO)
        latest[self.register[reads]] = self.records["sent"][reads]  # sorted, so that the last one stays
        after: Flags = latest[self.register] > self.records["done"]
        return after

    def follows(self, flags: Flags, another: str | None = None) -> Flags:
        """Such records that come after one in their register; `another`: and differ from the last one in this field."""
        places = np.flatnonzero(flags)
        later = self.register[places[1:]] == self.register[places[:-1]]
        if another is not None:
            values = self.records[another][places]
            later &= values[1:] != values[:-1]
        found = np.zeros(len(self.records), np.bool_)
        found[places[1:]] = later
        return found


def _overlapping_posts(past: Past) -> Flags:
    """Subscribes that began while another one of their register was still under way."""
    places = np.flatnonzero(past.subscribes)
    register, ends = past.register[places], past.records["done"][places].copy()
    step = 1
    while step < len(places):  # how far any of the last 2, 4, 8, … subscribes of the register reached
        before = np.where(register[step:] == register[:-step], ends[:-step], _LONG_AGO)
        if not (before > ends[step:]).any():
            break
        ends[step:] = np.maximum(ends[step:], before)
        step *= 2
    found = np.zeros(len(past.records), np.bool_)
    same = register[1:] == register[:-1]
    found[places[1:]] = same & (past.records["sent"][places[1:]] <= ends[:-1])
    return found


def _owner_changes(past: Past) -> Flags:
    return past.follows(past.subscribes & past.ok, "owner")


def _replaced(past: Past, reads: Flags) -> Flags:
    return past.follows(past.subscribes & past.ok, "value") & past.read_after(reads)


def _presences_read(past: Past) -> Flags:
    """Acknowledged subscribes after which something looked whether the device is there."""
    looks = past.rows | (past.deliveries & past.absent) | (past.unsubscribes & past.ok)
    found: Flags = past.subscribes & past.ok & past.read_after(looks)
    return found


def _observed_info_writes(past: Past) -> Flags:
    writes = past.subscribes & past.timed_out
    seen = set(zip(past.register[past.reads].tolist(), past.records["value"][past.reads].tolist(), strict=True))
    return _where(past, writes, lambda at: (int(past.register[at]), int(past.records["value"][at])) in seen)


def _superseded_info_writes(past: Past) -> Flags:
    """Timed-out subscribes after which another value was acknowledged, and read."""
    records, newer = past.records, past.changes & past.ok & past.read_after(past.reads)
    starts = np.searchsorted(past.register, np.arange(len(past.registers) + 1))

    def superseded(at: int) -> bool:
        begin, end = starts[past.register[at]], starts[past.register[at] + 1]
        after = newer[begin:end] & (records["sent"][begin:end] > records["done"][at])
        return bool((after & (records["value"][begin:end] != records["value"][at])).any())

    return _where(past, past.subscribes & past.timed_out, superseded)


def _where(past: Past, flags: Flags, test: Callable[[int], bool]) -> Flags:
    """Those of the flagged records, which are few, that pass the test."""
    found = np.zeros(len(past.records), np.bool_)
    for at in np.flatnonzero(flags).tolist():
        found[at] = test(at)
    return found


def _second_posts_read(past: Past) -> Flags:
    """Subscribes beyond a register's first, where rows were counted afterwards."""
    counted = past.rows | (past.unsubscribes & past.ok & (past.records["rows"] >= 0))
    return past.follows(past.subscribes) & past.read_after(counted)


def _repeated_reads(past: Past) -> Flags:
    """Reads beyond a register's first two."""
    return past.follows(past.follows(past.reads, "sent"))


CHANCES: Final[dict[str, Chance]] = {
    "subscribes": lambda past: past.subscribes & past.ok,
    "deletes": lambda past: past.unsubscribes & past.ok,
    "info_writes": lambda past: past.changes & past.timed_out,
    "observed_info_writes": _observed_info_writes,
    "superseded_info_writes": _superseded_info_writes,
    "refused_writes": lambda past: (
        (past.records["call"] <= Call.UNSUBSCRIBE)
        & (past.records["outcome"] == Outcome.FAIL)
        & (past.records["status"] > 0)
    ),
    "overlapping_posts": _overlapping_posts,
    "second_posts_read": _second_posts_read,
    "owner_changes": _owner_changes,
    "owner_changes_read": lambda past: _owner_changes(past) & past.read_after(past.reads),
    "resubscribes": lambda past: past.follows(past.changes & past.ok, "call") & past.subscribes,
    "replacements_read_back": lambda past: _replaced(past, past.rows),
    "replacements_pushed": lambda past: _replaced(past, past.deliveries),
    "unsubscribes_read": lambda past: past.unsubscribes & past.ok & past.read_after(past.reads),
    "presences_read": _presences_read,
    "tokens_read": lambda past: past.reads & ~past.absent,
    "owners_read": lambda past: past.reads & ~past.absent & (past.records["owner"] != NOBODY),
    "deliveries": lambda past: past.deliveries & ~past.absent,
    "repeated_reads": _repeated_reads,
}


def chances(records: NDArray[np.void]) -> dict[str, int]:
    """Chance → how often these records, of registers and sorted by register and `sent`, had it."""
    past = Past(records)
    return {name: int(np.count_nonzero(count(past))) for name, count in CHANCES.items()}
