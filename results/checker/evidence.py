"""What was found against the backend: a rule, and the records that show it. Anomalies are named from this."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from results.checker.everybody import token_of
from results.checker.fact import Fact
from results.checker.operation import Operation
from results.checker.rule import STALE, Rule
from results.checker.zones import Violation
from results.journal.record import ABSENT, NOBODY, Call


@dataclass(frozen=True, slots=True)
class Evidence:
    """One violation on one register, or one operation's breach of the contract."""

    rule: Rule
    register: int
    blamed: tuple[Fact, ...]  # what cannot be, earliest first; never empty
    value: int = ABSENT  # the token in question
    held: Fact | None = None  # the first proof of what was held; None: it stood before the run
    until: Fact | None = None  # the last proof of it
    since: Fact | None = None  # what superseded it, or explains it
    final: bool = False  # the last read-back still shows it
    right_again: Fact | None = None  # the first later read that shows something else
    swing: tuple[Fact, ...] = ()  # reads of v, then u, then v
    skipped: int = 0  # acknowledged subscribes between the value's own and the read that showed it again
    own_time_out: bool = False  # the shown value's own write never got an answer

    @property
    def at(self) -> Fact:
        """The record to tell about: of stale reads the last one, which is the oldest."""
        return self.blamed[-1] if self.final or self.rule in (*STALE, Rule.LATE_WRITE) else self.blamed[0]

    @property
    def pushed(self) -> bool:
        """It was seen at a gateway."""
        return self.at.call == Call.DELIVERY

    @property
    def age(self) -> int:
        """How long it had been wrong when it was read: ns since what superseded it, or else since it was there."""
        known = self.since if self.since is not None and self.since.done <= self.at.sent else self.held
        return 0 if known is None else max(0, self.at.sent - known.done)

    @property
    def unsubscribed(self) -> bool:
        """What superseded the value was an unsubscribe."""
        return self.since is not None and self.since.call == Call.UNSUBSCRIBE

    @property
    def takeover(self) -> bool:
        """What superseded the value was another person's subscribe."""
        return self.since is not None and self.since.call == Call.SUBSCRIBE and self.since.owner != self.at.owner


def of_order(violation: Violation, facts: Sequence[Fact]) -> Evidence:
    """Evidence from a violation among these facts, with what tells one anomaly from another."""
    blamed = tuple(facts[op.record] for op in violation.blamed)
    last = blamed[-1]
    stale = violation.rule in STALE
    held, since = _fact(violation.held, facts), _fact(violation.since, facts)
    if stale:
        since = _unsubscribed(blamed[0], facts) or _first_newer(violation.rule, since, blamed[0], facts)
        held = _last_acknowledged(held, since, facts)
    return Evidence(
        rule=violation.rule,
        register=last.register,
        blamed=blamed,
        value=token_of(violation.held.value) if violation.held is not None else last.value,
        held=held,
        until=_fact(violation.until, facts),
        since=since,
        final=last.call == Call.READBACK and last.sent == _last_read_back(facts),
        right_again=next((fact for fact in facts if _shows_else(fact, last) and fact.sent > last.done), None),
        swing=_swing(blamed[0], facts) if stale else (),
        skipped=_skipped(last, facts) if stale else 0,
        own_time_out=any(fact.timed_out and fact.value == last.value for fact in facts if fact.call == Call.SUBSCRIBE),
    )


def _fact(operation: Operation | None, facts: Sequence[Fact]) -> Fact | None:
    return facts[operation.record] if operation is not None and operation.record >= 0 else None


def _unsubscribed(blamed: Fact, facts: Sequence[Fact]) -> Fact | None:
    """The acknowledged unsubscribe that left nothing for the read to find, whatever was superseded before."""
    acknowledged = (fact for fact in facts if fact.call == Call.UNSUBSCRIBE and fact.ok and fact.done < blamed.sent)
    gone = (fact for fact in acknowledged if blamed.owner in (fact.owner, NOBODY))
    last = max(gone, key=lambda fact: fact.sent, default=None)
    writes = (fact for fact in facts if fact.call == Call.SUBSCRIBE and (fact.ok or fact.timed_out))
    if last is None or any(write.timed_out or write.done >= last.sent for write in writes):
        return None
    return last


def _first_newer(rule: Rule, since: Fact | None, blamed: Fact, facts: Sequence[Fact]) -> Fact | None:
    """What superseded the value first: the rule names one of all that did, and not always the earliest."""
    if since is None or rule is Rule.V3:
        return since
    newer = (fact for fact in _newer(blamed, facts) if fact.owner == since.owner and fact.done < since.done)
    return min(newer, key=lambda fact: fact.done, default=since)


def _last_acknowledged(held: Fact | None, since: Fact | None, facts: Sequence[Fact]) -> Fact | None:
    """The value's last acknowledgement before it was superseded, if one proves that it was there at all."""
    if held is None or since is None or held.call != Call.SUBSCRIBE:
        return held
    same = (fact for fact in facts if fact.call == Call.SUBSCRIBE and fact.ok and fact.value == held.value)
    before = (fact for fact in same if fact.owner == held.owner and fact.done < since.sent)
    return max(before, key=lambda fact: fact.done, default=held)


def _last_read_back(facts: Sequence[Fact]) -> int:
    return max(fact.sent for fact in facts if fact.call == Call.READBACK)


def _shows_else(fact: Fact, other: Fact) -> bool:
    return fact.is_read and (fact.value, fact.owner) != (other.value, other.owner)


def _swing(blamed: Fact, facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Successive reads of v, of another value, and of v again, the last of them blamed; or nothing."""
    between = [
        fact for fact in facts if fact.is_read and fact.value not in (blamed.value, ABSENT) and fact.done < blamed.sent
    ]
    latest = max((fact.sent for fact in between), default=None)
    if latest is None:
        return ()
    first = next((f for f in facts if f.is_read and f.value == blamed.value and f.done < latest), None)
    return () if first is None else (first, next(f for f in between if f.sent == latest), blamed)


def _skipped(blamed: Fact, facts: Sequence[Fact]) -> int:
    """Other values acknowledged after the blamed one's last subscribe had ended, and before the read began."""
    return len({(fact.owner, fact.value) for fact in _newer(blamed, facts)})


def _newer(blamed: Fact, facts: Sequence[Fact]) -> Iterator[Fact]:
    own = max((f.done for f in facts if f.call == Call.SUBSCRIBE and f.ok and f.value == blamed.value), default=-1)
    return (f for f in facts if f.call == Call.SUBSCRIBE and f.ok and f.sent > own and f.done < blamed.sent)
