"""Which of a run's registers are plain, and right: compiled, so that the judge in Python sees only the others.

A register is plain if all that was sent for it was answered, if what was read there are absences and tokens that its
people wrote in this run, each once, and if no provider called one of them dead. Then `judge_case` comes down to what is
here: every person's view of the register is legal, and that of all of them together, no unsubscribe removed what was
gone, and the register was read after its last acknowledgement.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from results.checker.kernel.compiling import compiled
from results.checker.kernel.order import surely_legal
from results.checker.kernel.zones import EARLIEST, Columns, Space
from results.checker.operation import DELETE, READ, WRITE
from results.journal.record import ABSENT, CONDEMNED, DEAD, NOBODY, Call, Outcome

Records = NDArray[np.void]
Facts = Any  # the same within the kernel, where they have attributes

UNSURE, RIGHT, NOTHING = 0, 1, 2  # as `by_register.Screened`: numba wants plain integers
MOST_PEOPLE: Final = 8  # of one register: with more, Python judges it
_LONGEST: Final = 5000  # records: what is here compares some of them with all others
# numba wants plain integers.
_SUBSCRIBE, _UNSUBSCRIBE, _READBACK = (int(call) for call in (Call.SUBSCRIBE, Call.UNSUBSCRIBE, Call.READBACK))
_READS: Final = (_READBACK, int(Call.DELIVERY))
_OK, _FAIL, _INFO = int(Outcome.OK), int(Outcome.FAIL), int(Outcome.INFO)


@compiled
def screened(facts: Facts, run: int, ops: Columns, space: Space, people: NDArray[np.int64]) -> int:
    """What can be said of a register by its records, which are sorted by `sent`."""
    if len(facts) == 1 and _stood_before(facts[0], run):
        return NOTHING
    return RIGHT if _is_right(facts, run, ops, space, people) else UNSURE


@compiled
def _stood_before(fact: Facts, run: int) -> bool:
    """Whether a record is of a token that an earlier run wrote here: alone it says nothing."""
    is_read = fact.outcome == _OK and fact.call in _READS
    return bool(is_read and 0 <= fact.value >> 20 < run and fact.origin == fact.register)


@compiled
def _is_right(facts: Facts, run: int, ops: Columns, space: Space, people: NDArray[np.int64]) -> bool:
    """Whether a register's records are plain and show nothing wrong and nothing open."""
    found = _people(facts, people) if len(facts) <= _LONGEST else -1
    if found < 0 or not _read_at_last(facts) or not _removals_are_right(facts, found == 1):
        return False
    for at in range(len(facts)):
        if _is_read(facts, at) and not _read_is_plain(facts, at, run, found == 1):
            return False
    for person in range(found):
        count = _view(facts, people[person], ops)
        if not surely_legal(_first(ops, count), space):
            return False
    return found == 1 or surely_legal(_first(ops, _together(facts, people, ops)), space)


@compiled
def _first(ops: Columns, count: int) -> Columns:
    return Columns(ops.kind[:count], ops.value[:count], ops.inv[:count], ops.ret[:count], ops.ok[:count])


@compiled
def _is_read(facts: Facts, at: int) -> bool:
    return bool(facts[at].outcome == _OK and facts[at].call in _READS)


@compiled
def _people(facts: Facts, people: NDArray[np.int64]) -> int:
    """Fill in who acted on the register; how many they are, -1 if it is not plain: unanswered, or touched by many."""
    count = 0
    for at in range(len(facts)):
        if facts[at].call > _UNSUBSCRIBE or facts[at].outcome == _FAIL:
            continue
        if facts[at].outcome == _INFO or facts[at].rows > 1:
            return -1
        known = False
        for place in range(count):
            known = known or people[place] == facts[at].owner
        if not known:
            if count == MOST_PEOPLE:
                return -1
            people[count] = facts[at].owner
            count += 1
    return count or -1


@compiled
def _read_at_last(facts: Facts) -> bool:
    """Whether some read began after the last acknowledged operation had ended."""
    acknowledged, read = EARLIEST, EARLIEST
    for at in range(len(facts)):
        if facts[at].outcome == _OK and facts[at].call <= _UNSUBSCRIBE:
            acknowledged = max(acknowledged, facts[at].done)
        elif _is_read(facts, at):
            read = max(read, facts[at].sent)
    return read > acknowledged


@compiled
def _removals_are_right(facts: Facts, alone: bool) -> bool:  # noqa: FBT001 - numba passes keywords slowly
    """Whether what unsubscribes removed was surely there: see `removals`."""
    for second in range(len(facts)):
        if _removes(facts, second) and not _removal_is_right(facts, second, alone):
            return False
    return True


@compiled
def _removal_is_right(facts: Facts, second: int, alone: bool) -> bool:  # noqa: FBT001 - as above
    person, began, written = facts[second].owner, EARLIEST, EARLIEST
    for at in range(len(facts)):
        if facts[at].sent > facts[second].done:
            break
        if facts[at].outcome != _OK:
            continue
        if facts[at].call == _SUBSCRIBE:
            written = max(written, facts[at].done)
        elif facts[at].done < facts[second].sent:
            if _shows_nothing(facts, at, person, alone):
                began = max(began, facts[at].sent)
        elif at != second and _removes(facts, at) and facts[at].owner == person:
            return False  # both at once: to be counted
    return bool(written >= began)


@compiled
def _removes(facts: Facts, at: int) -> bool:
    return bool(facts[at].call == _UNSUBSCRIBE and facts[at].outcome == _OK and facts[at].rows > 0)


@compiled
def _shows_nothing(facts: Facts, at: int, person: int, alone: bool) -> bool:  # noqa: FBT001 - as above
    """Whether the person had no subscription at some moment of an acknowledged record."""
    if facts[at].call == _UNSUBSCRIBE:
        return bool(facts[at].owner == person)
    empty = facts[at].call in _READS and facts[at].value == ABSENT
    return bool(empty and (facts[at].owner == NOBODY or (alone and facts[at].owner == person)))


@compiled
def _read_is_plain(facts: Facts, at: int, run: int, alone: bool) -> bool:  # noqa: FBT001 - numba passes keywords slowly
    """Whether a read is an absence, or a token that its person wrote here in this run, found once."""
    read = facts[at]
    if read.status in DEAD or read.rc == CONDEMNED:
        return False
    if read.value == ABSENT:
        return True
    if (
        read.value < 0
        or read.value >> 20 != run
        or read.origin != read.register
        or (read.owner == NOBODY and not alone)
    ):
        return False
    written, anybodys = False, read.owner == NOBODY
    for other in range(len(facts)):
        one = facts[other]
        if one.call == _SUBSCRIBE:
            mine = anybodys or one.owner == read.owner
            written = written or (one.outcome == _OK and one.value == read.value and mine)
        elif other != at and one.call == read.call and one.sent == read.sent and one.value != ABSENT:
            same = read.call == _READBACK or (one.owner == read.owner and one.value == read.value)
            if same:
                return False  # two rows, or a token that was delivered twice
    return written


@compiled
def _view(facts: Facts, person: int, ops: Columns) -> int:
    """Fill in the register's operations as one person sees it, see `projection`; how many they are."""
    count = 0
    for at in range(len(facts)):
        fact = facts[at]
        if fact.outcome != _OK:
            continue
        mine = fact.owner == person
        kind, value = READ, ABSENT
        if fact.call == _SUBSCRIBE:
            kind = WRITE if mine else DELETE
            value = fact.value if mine else ABSENT
        elif fact.call == _UNSUBSCRIBE:
            if not mine:
                continue
            kind = READ if fact.rows == 0 else DELETE
        elif fact.value == ABSENT:
            if not mine and fact.owner != NOBODY:
                continue
        elif mine or fact.owner == NOBODY:
            value = fact.value
        ops.kind[count], ops.value[count] = kind, value
        ops.inv[count], ops.ret[count], ops.ok[count] = fact.sent, fact.done, True
        count += 1
    return count


@compiled
def _together(facts: Facts, people: NDArray[np.int64], ops: Columns) -> int:
    """Fill in the register's operations as all of its people see it, see `everybody`; how many they are."""
    count = 0
    for at in range(len(facts)):
        fact = facts[at]
        if fact.outcome != _OK:
            continue
        kind, value, ok = READ, ABSENT, True
        if fact.call == _UNSUBSCRIBE:
            if fact.rows == 0 or not _had(facts, fact.owner, fact.done):
                continue
            kind, ok = DELETE, fact.rows > 0
        elif fact.call == _SUBSCRIBE or fact.value != ABSENT:
            place = 0
            while people[place] != fact.owner:
                place += 1
            kind = WRITE if fact.call == _SUBSCRIBE else READ
            value = fact.value * MOST_PEOPLE + place
        elif fact.owner != NOBODY:
            continue
        ops.kind[count], ops.value[count] = kind, value
        ops.inv[count], ops.ret[count], ops.ok[count] = fact.sent, fact.done, ok
        count += 1
    return count


@compiled
def _had(facts: Facts, person: int, end: int) -> bool:
    """Whether the person had begun to subscribe by then."""
    for at in range(len(facts)):
        if facts[at].call == _SUBSCRIBE and facts[at].outcome == _OK and facts[at].owner == person:
            return bool(facts[at].sent <= end)
    return False
