"""The chances a run gave its anomalies to show. A class without a chance is not exercised, and never a proven zero."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from results.checker.fact import Fact
from results.journal.record import ABSENT, NOBODY, Call, Outcome

Chance = Callable[["Past"], int]


class Past:
    """One register's records by what they are, each list by `sent`."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.subscribes = [f for f in facts if f.call == Call.SUBSCRIBE and (f.ok or f.timed_out)]
        self.unsubscribes = [f for f in facts if f.call == Call.UNSUBSCRIBE and (f.ok or f.timed_out)]
        self.changes = [f for f in facts if f.call <= Call.UNSUBSCRIBE and (f.ok or f.timed_out)]
        self.refused = [f for f in facts if f.call <= Call.UNSUBSCRIBE and f.outcome == Outcome.FAIL]
        self.reads = [f for f in facts if f.is_read]
        self.rows = [f for f in self.reads if f.call == Call.READBACK]
        self.deliveries = [f for f in self.reads if f.call == Call.DELIVERY]

    def read_after(self, fact: Fact, reads: Sequence[Fact] | None = None) -> bool:
        """Whether a read (one of `reads`, sorted by `sent`) began after the record's end."""
        looked = self.reads if reads is None else reads
        return bool(looked) and looked[-1].sent > fact.done


def _overlapping_posts(past: Past) -> int:
    """Subscribes that began while another one of their register was still under way."""
    count, end = 0, -1
    for post in past.subscribes:
        count += post.sent <= end
        end = max(end, post.done)
    return count


def _acknowledged_pairs(past: Past) -> list[tuple[Fact, Fact]]:
    return list(pairwise(fact for fact in past.changes if fact.ok))


def _owner_changes(past: Past) -> int:
    return sum(one.owner != two.owner for one, two in pairwise(f for f in past.subscribes if f.ok))


def _owner_changes_read(past: Past) -> int:
    changes = ((one, two) for one, two in pairwise(f for f in past.subscribes if f.ok) if one.owner != two.owner)
    return sum(past.read_after(two) for _, two in changes)


def _replaced(past: Past, reads: Sequence[Fact]) -> int:
    pairs = ((one, two) for one, two in pairwise(f for f in past.subscribes if f.ok) if one.value != two.value)
    return sum(past.read_after(two, reads) for _, two in pairs)


def _resubscribes(past: Past) -> int:
    return sum(one.call == Call.UNSUBSCRIBE and two.call == Call.SUBSCRIBE for one, two in _acknowledged_pairs(past))


def _unsubscribes_read(past: Past) -> int:
    return sum(past.read_after(delete) for delete in past.unsubscribes if delete.ok)


def _presences_read(past: Past) -> int:
    """Acknowledged subscribes after which something looked whether the device is there."""
    looks = [*past.rows, *(f for f in past.deliveries if f.value == ABSENT), *(f for f in past.unsubscribes if f.ok)]
    looks.sort(key=lambda fact: fact.sent)
    return sum(past.read_after(write, looks) for write in past.subscribes if write.ok)


def _observed_info_writes(past: Past) -> int:
    seen = {read.value for read in past.reads}
    return sum(write.timed_out and write.value in seen for write in past.subscribes)


def _superseded_info_writes(past: Past) -> int:
    """Timed-out subscribes after which another value was acknowledged, and read."""
    return sum(
        any(new.ok and new.sent > old.done and new.value != old.value and past.read_after(new) for new in past.changes)
        for old in past.subscribes
        if old.timed_out
    )


def _second_posts_read(past: Past) -> int:
    """Subscribes beyond a register's first, where rows were counted afterwards."""
    counted = [*past.rows, *(f for f in past.unsubscribes if f.ok and f.rows >= 0)]
    counted.sort(key=lambda fact: fact.sent)
    return sum(past.read_after(write, counted) for write in past.subscribes[1:])


CHANCES: Final[dict[str, Chance]] = {
    "subscribes": lambda past: sum(f.ok for f in past.subscribes),
    "deletes": lambda past: sum(f.ok for f in past.unsubscribes),
    "info_writes": lambda past: sum(f.timed_out for f in past.changes),
    "observed_info_writes": _observed_info_writes,
    "superseded_info_writes": _superseded_info_writes,
    "refused_writes": lambda past: sum(f.refused for f in past.refused),
    "overlapping_posts": _overlapping_posts,
    "second_posts_read": _second_posts_read,
    "owner_changes": _owner_changes,
    "owner_changes_read": _owner_changes_read,
    "resubscribes": _resubscribes,
    "replacements_read_back": lambda past: _replaced(past, past.rows),
    "replacements_pushed": lambda past: _replaced(past, past.deliveries),
    "unsubscribes_read": _unsubscribes_read,
    "presences_read": _presences_read,
    "tokens_read": lambda past: sum(f.value != ABSENT for f in past.reads),
    "owners_read": lambda past: sum(f.value != ABSENT and f.owner != NOBODY for f in past.reads),
    "deliveries": lambda past: sum(f.value != ABSENT for f in past.deliveries),
    "repeated_reads": lambda past: max(len({f.sent for f in past.reads}) - 2, 0),
}


def chances(facts: Sequence[Fact]) -> dict[str, int]:
    """Chance → how often this register's records, sorted by `sent`, had it."""
    past = Past(facts)
    return {name: count(past) for name, count in CHANCES.items()}
