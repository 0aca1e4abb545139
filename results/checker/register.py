"""The judge of one register: legal, illegal, or open."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import NamedTuple

from results.checker.operation import READ, Operation
from results.checker.rewrites import once_each
from results.checker.sweep import violations
from results.checker.zones import Violation


class Legality(Enum):
    """Whether some order of the operations, consistent with real time, explains every read."""

    LEGAL = "legal"
    OPEN = "open"  # it depends on what cannot be known
    ILLEGAL = "illegal"


class Finding(NamedTuple):
    """The answer, and for an illegal history the violations that its first broken stage shows."""

    legality: Legality
    violations: list[Violation]


_LEGAL = Finding(Legality.LEGAL, [])
_OPEN = Finding(Legality.OPEN, [])


def judge_register(operations: Sequence[Operation], unsure: AbstractSet[int] = frozenset()) -> Finding:
    """Judge one register's operations, in any order; absent at first. Every operation needs a `record` of its own.

    `unsure` holds the records of reads that say nothing for certain (where journaled operations are missing, say):
    legal with them is legal; illegal without them is illegal; otherwise it is open.
    """
    strict, lenient = once_each(operations)
    found = violations(strict)
    if not found:
        return _LEGAL
    if unsure:
        _, lenient = once_each([op for op in operations if op.record not in unsure])
    if lenient is not strict:
        found = violations(lenient)
    if not found:
        return _OPEN
    return Finding(Legality.ILLEGAL, found if strict is operations else _as_recorded(found, operations))


def _as_recorded(found: list[Violation], operations: Sequence[Operation]) -> list[Violation]:
    """Violations in terms of the operations given: values keep their names, and acknowledgements blame nobody."""
    given = {op.record: op for op in operations}

    def as_given(op: Operation | None) -> Operation | None:
        return op and given[op.record]

    return [
        violation._replace(
            blamed=tuple(op for blamed in violation.blamed if (op := given[blamed.record]).kind == READ)
            or violation.blamed[:1],
            held=as_given(violation.held),
            until=as_given(violation.until),
            since=as_given(violation.since),
        )
        for violation in found
    ]
