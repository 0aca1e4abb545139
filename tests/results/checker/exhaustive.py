"""The slow truth: search every order. And random histories to hold the check against it."""

import heapq
from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Final

from results.checker.operation import ABSENT, DELETE, NEVER, READ, WRITE, Operation

REMOVAL: Final = 3  # a kind of operation: deletes its value if that is what is held, and does nothing otherwise


def linearizable(operations: Sequence[Operation]) -> bool:
    """Whether some order of the operations, consistent with real time, explains every read. Exponential."""
    count = len(operations)
    before = [sum(1 << b for b in range(count) if operations[b].ret < operations[a].inv) for a in range(count)]
    after = [sum(1 << b for b in range(count) if operations[a].ret < operations[b].inv) for a in range(count)]
    certain = sum(1 << at for at, op in enumerate(operations) if op.ok)

    @cache
    def possible(placed: int, held: int) -> bool:
        if placed & certain == certain:
            return True
        for at, op in enumerate(operations):
            ready = not placed & (1 << at) and not before[at] & certain & ~placed and not after[at] & placed
            if not ready or (op.kind == READ and op.value != held):
                continue
            if possible(placed | 1 << at, _held_after(op, held)):
                return True
        return False

    return possible(0, ABSENT)


def _held_after(op: Operation, held: int) -> int:
    if op.kind == REMOVAL:
        return ABSENT if held == op.value else held
    return held if op.kind == READ else op.value


def random_history(rng: Random, *, size: int, span: int, rewrites: bool) -> list[Operation]:
    """A history of one register: short times make ties, most reads are made right by a hidden simulation."""
    operations: list[Operation] = []
    values = 0
    for record in range(size):
        inv = rng.randrange(span)
        ret = inv + min(int(rng.expovariate(1 / 2)), span)
        kind = rng.choices((WRITE, DELETE, READ), (4, 2, 5))[0]
        ok = kind == READ or rng.random() < 0.7
        if not ok and rng.random() < 0.6:
            ret = NEVER
        value = ABSENT
        if kind == WRITE:
            again = rewrites and values and rng.random() < 0.5
            values += not again
            value = rng.randint(1, values) if again else values
        operations.append(Operation(kind, value, inv, ret, ok, record))
    return _with_reads(rng, operations, values)


def _with_reads(rng: Random, operations: list[Operation], values: int) -> list[Operation]:
    """Give each read what a random order of moments left there; now and then something else."""
    moments = sorted((rng.randint(op.inv, min(op.ret, op.inv + 30)), op.record) for op in operations)
    held, shown = ABSENT, {}
    for _, record in moments:
        op = operations[record]
        if op.kind == READ:
            shown[record] = held if rng.random() < 0.7 else rng.choice([ABSENT, *range(1, values + 1)])
        elif op.ok or rng.random() < 0.5:
            held = op.value
    return [op._replace(value=shown[op.record]) if op.kind == READ else op for op in operations]


def with_removals(rng: Random, operations: list[Operation]) -> tuple[list[Operation], list[int]]:
    """The history, where some reads' tokens are removed after their end; and the records of these reads.

    Reads show what a hidden simulation left there, now and then something else.
    """
    events = [(rng.randint(op.inv, min(op.ret, op.inv + 20)), 0, op.record) for op in operations]
    heapq.heapify(events)
    held, shown, dead = ABSENT, {}, []
    values = [op.value for op in operations if op.kind == WRITE]
    while events:
        _, is_removal, what = heapq.heappop(events)
        op = operations[0 if is_removal else what]
        if is_removal:
            held = ABSENT if held == what and rng.random() < 0.9 else held
        elif op.kind == READ:
            shown[what] = held if rng.random() < 0.85 else rng.choice([ABSENT, *values])
            if shown[what] != ABSENT and rng.random() < 0.6:
                dead.append(what)
                heapq.heappush(events, (op.ret + rng.randint(0, 4), 1, shown[what]))
        elif op.ok or rng.random() < 0.5:
            held = op.value
    return [op._replace(value=shown[op.record]) if op.kind == READ else op for op in operations], dead
