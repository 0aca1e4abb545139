"""What phones believe of every register, held against what stands in the backend's tables: the judge has no part in it.

Belief is worked out from the calls alone. What was acknowledged holds until a later call is acknowledged that began
after it had ended; calls that overlap may have acted in either order; an unsubscribe that removed nothing did nothing.
A call whose end is not known may have acted since, or not: its register is open.
"""

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import asyncpg
import numpy as np
from numpy.typing import NDArray

from results.journal.record import ABSENT, Call, Outcome
from simulator.fleet import Flag, Fleet
from simulator.tokens import Provenance, PushType, mint

Slot = tuple[str, str]  # type and deviceId, as a row has them
Row = tuple[str, str]  # whose, by clientId; and the token


class Write(NamedTuple):
    """A call that changed a register, or may have."""

    owner: int
    value: int
    sent: int
    done: int


@dataclass(slots=True)
class Belief:
    """Of one register: any of `last` may have been the last to act, and any of `unanswered` after it."""

    last: list[Write] = field(default_factory=list)
    unanswered: list[Write] = field(default_factory=list)
    written: set[int] = field(default_factory=set)  # values
    flag_tells: bool = True  # whether what the phone says of itself is what the last call came to

    def take(self, outcome: int, write: Write, rows: int) -> None:
        """Take in the next call, in the order in which they ended."""
        acted = outcome == Outcome.OK and not (write.value == ABSENT and rows == 0)
        self.flag_tells = acted  # a phone remembers what it sent, whatever became of it
        if outcome == Outcome.INFO:
            self.unanswered.append(write)
        if acted:
            self.last = [*(one for one in self.last if one.done >= write.sent), write]
        if outcome != Outcome.FAIL:
            self.written.add(write.value)

    @property
    def possible(self) -> set[tuple[int, int]]:
        """What the backend may hold, as (owner, value); (0, ABSENT): no row."""
        found = {(one.owner, one.value) if one.value != ABSENT else (0, ABSENT) for one in self.last + self.unanswered}
        return found if self.last else {*found, (0, ABSENT)}


@dataclass(slots=True)
class Comparison:
    """What came out: how many registers there are of each kind, and a sentence for each difference."""

    calls: int = 0
    rows: int = 0
    registers: int = 0  # that anybody wrote to; the sum of the next three
    certain: int = 0  # where one row, or none, is the only thing possible
    overlapping: int = 0  # where the last calls overlapped, and more than one row is right
    open: int = 0  # to which a call was sent that was never answered
    states: int = 0  # registers whose state in the fleet was compared with the row, too
    sure: list[Slot] = field(default_factory=list, repr=False)  # those of the certain ones that have a row
    differences: list[str] = field(default_factory=list)

    def count(self, slot: Slot, belief: Belief, row: Row | None) -> None:
        """Count a register as what it is."""
        if belief.unanswered:
            self.open += 1
        elif len(belief.possible) > 1:
            self.overlapping += 1
        else:
            self.certain += 1
            self.sure += [slot] if row is not None else []


def beliefs(calls: NDArray[np.void]) -> dict[int, Belief]:
    """What is believed of each register, by the subscribes and unsubscribes of a journal."""
    found: defaultdict[int, Belief] = defaultdict(Belief)
    ordered = calls[np.argsort(calls["done"], kind="stable")]
    columns = [ordered[name].tolist() for name in ("register", "outcome", "owner", "value", "sent", "done", "rows")]
    for register, outcome, owner, value, sent, done, rows in zip(*columns, strict=True):
        found[register].take(outcome, Write(owner, value, sent, done), rows)
    return dict(found)


def compared(fleet: Fleet, records: NDArray[np.void], rows: list[tuple[str, str, str, str]]) -> Comparison:
    """Hold the rows of a store, (type, deviceId, clientId, token), against what phones of `fleet` did in one run."""
    calls = records[records["call"] <= Call.UNSUBSCRIBE]
    believed = beliefs(calls)
    held: dict[Slot, Row] = {(kind, device_id): (client, token) for kind, device_id, client, token in rows}
    result = Comparison(calls=len(calls), rows=len(rows), registers=len(believed))
    if len(held) < len(rows):
        result.differences.append(f"{len(rows) - len(held)} rows are of a register that has another")
    slots = {_slot(fleet, register): register for register in believed}
    result.differences += [
        f"{kind} {device_id!r} is no register of this run" for kind, device_id in held.keys() - slots
    ]
    for slot, register in slots.items():
        belief, row = believed[register], held.get(slot)
        wrong = [*_judged(fleet, register, belief, row)] or [*_by_state(result, fleet, register, belief, row)]
        result.differences += wrong
        result.count(slot, belief, row)
    return result


def _judged(fleet: Fleet, register: int, belief: Belief, row: Row | None) -> Iterator[str]:
    possible = belief.possible
    if row is None:
        if (0, ABSENT) not in possible:
            yield f"{name_of(register)} has no row, and should have one"
        return
    due = {
        (fleet.client_id(owner), token)
        for owner, value in possible
        if value != ABSENT
        for token in _tokens(fleet, register, value)
    }
    if not due:
        yield f"{name_of(register)} has a row, and should have none"
    elif row not in due:
        yield f"{name_of(register)} has another {'token' if row[0] in {client for client, _ in due} else 'owner'}"


def _by_state(result: Comparison, fleet: Fleet, register: int, belief: Belief, row: Row | None) -> Iterator[str]:
    """What the fleet's own state says of the newest installations' registers, where that follows from the row."""
    device, install, kind = register >> 24, register >> 8 & 0xFFFF, PushType(register & 0xFF)
    state, types = fleet.state[device], fleet.types(device)
    if int(state["installs"]) != install or kind not in types:
        return
    slot = types.index(kind)
    flags, latest = int(state["flags"]), int(state["slots"][slot])
    if bool(flags & Flag.UNSETTLED[slot]) != bool(belief.unanswered):
        yield f"{name_of(register)} is{' not' if belief.unanswered else ''} unsettled in the fleet's state"
    has_row = row is not None
    if not belief.flag_tells or len(belief.possible) > 1:
        return
    result.states += 1
    if bool(flags & Flag.SUBSCRIBED[slot]) != has_row:
        yield f"{name_of(register)} is{' not' if has_row else ''} subscribed in the fleet's state"
    if has_row and latest in belief.written and (belief.last[0].value != latest):
        yield f"{name_of(register)} has another current token in the fleet's state"


def _slot(fleet: Fleet, register: int) -> Slot:
    return PushType(register & 0xFF).wire, fleet.device_id(register >> 24, register >> 8 & 0xFFFF)


def _tokens(fleet: Fleet, register: int, value: int) -> list[str]:
    """The token of a write: in its usual form, as an installation id, or either where the phone is no more."""
    provenance = Provenance.of(fleet.number, register, value)
    usual = mint(provenance)
    if provenance.type is not PushType.FCM:
        return [usual]
    as_fid, state = mint(provenance, form="fid"), fleet.state[provenance.device]
    if int(state["installs"]) != provenance.install:
        return [usual, as_fid]
    return [as_fid if int(state["flags"]) & Flag.FID else usual]


def name_of(register: int) -> str:
    """For people."""
    return f"device {register >> 24}, install {register >> 8 & 0xFFFF}, {PushType(register & 0xFF).wire}"


def run_sql(store: str, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - whatever a database takes
    """Run a statement in a store, as --store names it, past the backend; parameters are $1, $2, …"""
    if store.startswith("sqlite:"):
        with closing(sqlite3.connect(store.removeprefix("sqlite:"), isolation_level=None)) as connection:
            named: Mapping[str, Any] = {str(place): value for place, value in enumerate(parameters, 1)}
            return connection.execute(sql.replace("$", ":"), named).fetchall()

    async def run() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(store)
        try:
            return [tuple(row) for row in await connection.fetch(sql, *parameters)]
        finally:
            await connection.close()

    return asyncio.run(run())


def subscriptions(store: str) -> list[tuple[str, str, str, str]]:
    """All rows of a store, in order: type, deviceId, clientId, token."""
    sql = 'SELECT "type", "deviceId", "clientId", "token" FROM subscriptions'
    return sorted((kind, device_id, client, token) for kind, device_id, client, token in run_sql(store, sql))
