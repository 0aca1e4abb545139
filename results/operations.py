"""The API calls of a journal, as columns, and what became of them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from results.journal.record import NETWORK, PHONE, Call, Outcome

KINDS: Final = {Call.SUBSCRIBE: "subscribe", Call.UNSUBSCRIBE: "unsubscribe", Call.PUSH: "push"}

# ns after it was due, from which on an operation was sent late; less is the event loop's round.
LATE: Final = 10_000_000

_TYPE_BITS: Final = 0xFF  # register = device << 24 | install << 8 | type


@dataclass(frozen=True, slots=True)
class Operations:
    """Every API call that was sent, one array of shape (n,) a field; times are monotonic ns.

    Columns and not rows: a figure then reads 8 bytes of an operation and not 64.
    """

    call: NDArray[np.uint8]
    outcome: NDArray[np.uint8]
    fault: NDArray[np.uint8]
    kind: NDArray[np.uint8]  # push type code, 0 = none: a push is to a person
    scenario: NDArray[np.uint8]
    status: NDArray[np.uint16]  # HTTP status, 0 = no answer
    intended: NDArray[np.int64]
    sent: NDArray[np.int64]
    done: NDArray[np.int64]

    @classmethod
    def of(cls, records: NDArray[np.void]) -> Self:
        """Take the API calls out of `records` (dtype RECORD, any order); reads, arrivals and stalls stay behind."""
        mine = records["call"] < Call.READBACK
        return cls(
            call=records["call"][mine],
            outcome=records["outcome"][mine],
            fault=records["fault"][mine],
            kind=(records["register"][mine] & _TYPE_BITS).astype(np.uint8),
            scenario=records["scenario"][mine],
            status=records["status"][mine],
            intended=records["intended"][mine],
            sent=records["sent"][mine],
            done=records["done"][mine],
        )

    def __len__(self) -> int:
        return len(self.call)

    def take(self, which: NDArray[np.intp]) -> Self:
        """Those at these places."""
        return type(self)(*(getattr(self, each.name)[which] for each in fields(self)))

    @property
    def due(self) -> NDArray[np.bool]:
        """Which were meant not to end well: wrong on purpose and refused, or lost by phone or network; shape (n,)."""
        refused = (self.outcome == Outcome.FAIL) & (self.fault == 0) & (self.status // 100 == 4)
        due: NDArray[np.bool] = refused | (self.fault == PHONE) | (self.fault == NETWORK)
        return due

    @property
    def late(self) -> int:
        """How many were sent more than LATE after they were due."""
        return int(np.count_nonzero(self.sent - self.intended > LATE))

    def labelled(self, types: dict[int, str] | None) -> Iterator[tuple[str, NDArray[np.bool]]]:
        """Each label that occurs ("subscribe", "subscribe/ios", …), and a mask of shape (n,) of its operations.

        Without `types`, only kinds of call are labels.
        """
        for call, name in KINDS.items():
            mine = self.call == call
            if not mine.any():
                continue
            yield name, mine
            if types is None:
                continue
            for code in np.flatnonzero(np.bincount(self.kind[mine], minlength=256)).tolist():
                if code:
                    yield f"{name}/{types.get(code, f'type-{code}')}", mine & (self.kind == code)

    def mask(self, label: str, types: dict[int, str]) -> NDArray[np.bool]:
        """Which operations bear `label`; none of them if nothing does."""
        name, _, of_type = label.partition("/")
        calls = [call for call, known in KINDS.items() if known == name]
        mine = np.isin(self.call, calls)
        if of_type:
            codes = [code for code in range(256) if types.get(code, f"type-{code}") == of_type]
            mine &= np.isin(self.kind, codes)
        return mine


@dataclass(frozen=True, slots=True)
class Counts:
    """How many operations there were, and how they ended."""

    total: int = 0
    ok: int = 0
    fail: int = 0
    info: int = 0
    due: int = 0  # of fail and info: refused as they should be, or lost by the phone or its network on purpose

    @classmethod
    def of(cls, outcomes: NDArray[np.uint8], due: NDArray[np.bool]) -> Self:
        """Count `outcomes`, an array of `Outcome` codes; `due` tells which ended as they should."""
        ok, fail, info = np.bincount(outcomes, minlength=3)[[Outcome.OK, Outcome.FAIL, Outcome.INFO]].tolist()
        return cls(ok + fail + info, ok, fail, info, int(np.count_nonzero(due)))

    @property
    def errors(self) -> int:
        """Operations that did not end well: a refusal and an uncertain end both leave a phone without its answer.

        A refusal that was due is none, nor is a call that the phone, or its simulated network, was to lose.
        """
        return self.fail + self.info - self.due

    @property
    def error_share(self) -> float | None:
        """Errors among all operations, 0 to 1; None if there was no operation."""
        return self.errors / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Tally(Counts):
    """The counts of a whole run, by kind of call and by what went wrong."""

    by_kind: dict[str, Counts] = field(default_factory=dict)  # every kind, even one that never happened
    faults: dict[str, int] = field(default_factory=dict)  # what went wrong → operations, most frequent first

    @classmethod
    def of_operations(cls, operations: Operations, fault_names: dict[int, str]) -> Self:
        """Count `operations`; a fault without a name is called by its number."""
        return cls(
            **asdict(Counts.of(operations.outcome, operations.due)),
            by_kind={
                name: Counts.of(operations.outcome[mine := operations.call == call], operations.due[mine])
                for call, name in KINDS.items()
            },
            faults=_faults(operations.fault, fault_names),
        )


def _faults(faults: NDArray[np.uint8], names: dict[int, str]) -> dict[str, int]:
    counted = np.bincount(faults, minlength=256)
    counted[0] = 0  # nothing went wrong
    codes = sorted(np.flatnonzero(counted).tolist(), key=lambda code: (-int(counted[code]), code))
    return {names.get(code, f"fault-{code}"): int(counted[code]) for code in codes}


def unsent(records: NDArray[np.void]) -> NDArray[np.void]:
    """The arrivals that were due but could not be sent."""
    found: NDArray[np.void] = records[records["call"] == Call.ARRIVAL]
    return found


def places(codes: NDArray[np.uint8]) -> list[NDArray[np.intp]]:
    """Where each of the 256 codes stands, ascending: one pass, however many there are."""
    order = np.argsort(codes, kind="stable")  # of bytes it is a radix sort
    return np.split(order, np.cumsum(np.bincount(codes, minlength=256))[:-1])
