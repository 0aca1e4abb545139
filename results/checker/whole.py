"""What only the whole journal tells, since it takes several registers, or none."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from results.checker import pushes
from results.journal.record import FIRST_BREACH, RECORD, Call, Outcome

_MAY_ACT: Final = (Outcome.OK, Outcome.INFO)


def answers(records: NDArray[np.void]) -> NDArray[np.void]:
    """The calls that were answered, well or not."""
    return _where(records, (records["call"] < Call.READBACK) & (records["status"] > 0))


@dataclass(frozen=True, slots=True)
class Whole:
    """What a register is judged by that stands in other registers' records, or in nobody's; the same in every shard."""

    of_pushes: NDArray[np.void]  # the records that pushes are judged by
    later: bool  # a later run had written by the time of some read: what it wrote or removed is in another journal
    written: frozenset[tuple[int, int]]  # (register, token) of the subscribes that may have brought a token elsewhere
    unclosed: dict[int, int]  # see `pushes.unclosed`

    @classmethod
    def of(cls, batches: Callable[[], Iterable[NDArray[np.void]]], run: int) -> Self:
        """From all records of a run; `batches` reads them, as often as it is called."""
        of_pushes, origins, later = [np.empty(0, RECORD)], [np.empty(0, np.uint64)], False
        for records in batches():
            of_pushes.append(pushes.kept(records))
            tokens = _tokens(records)
            origins.append(np.unique(tokens["origin"][tokens["origin"] != tokens["register"]]))
            later |= bool((tokens["value"] >> 20 > run).any())
        together, astray = np.concatenate(of_pushes), np.unique(np.concatenate(origins))
        written = (_sent(records, astray) for records in batches()) if len(astray) else ()
        return cls(together, later, frozenset(chain.from_iterable(written)), pushes.unclosed(together))


def _sent(records: NDArray[np.void], registers: NDArray[np.uint64]) -> list[tuple[int, int]]:
    sent = (records["status"] > 0) | np.isin(records["outcome"], _MAY_ACT)
    written = records[(records["call"] == Call.SUBSCRIBE) & sent & np.isin(records["register"], registers)]
    found: list[tuple[int, int]] = written[["register", "value"]].tolist()
    return found


def chances_of_all(records: NDArray[np.void]) -> dict[str, int]:
    """Chances that are not a register's own, nor a push's."""
    return {
        "answers": len(answers(records)),
        "refusals_due": _refusals_due(records),
        "reads": len(_reads(records)),
        "two_type_tokens_read": _of_two_types(records),
    }


def _refusals_due(records: NDArray[np.void]) -> int:
    """Answers to calls that were wrong on purpose, as far as they tell: refused so, or accepted with a breach."""
    answered = answers(records)
    refused = (answered["outcome"] == Outcome.FAIL) & (answered["fault"] == 0) & (answered["status"] // 100 == 4)
    accepted = (answered["fault"] == FIRST_BREACH) & (answered["status"] // 100 == 2)
    return int(np.count_nonzero(refused | accepted))


def _of_two_types(records: NDArray[np.void]) -> int:
    """Tokens read of installations that subscribed for more than one type: each could stand in another one's slot."""
    subscribes = (records["call"] == Call.SUBSCRIBE) & np.isin(records["outcome"], _MAY_ACT)
    registers = np.unique(records["register"][subscribes])
    installations, types = np.unique(registers >> np.uint64(8), return_counts=True)
    of_two = np.isin(_tokens(records)["register"] >> np.uint64(8), installations[types > 1])
    return int(np.count_nonzero(of_two))


def _reads(records: NDArray[np.void]) -> NDArray[np.void]:
    """What rows and pushes showed, absences too."""
    read = (records["call"] == Call.READBACK) | (records["call"] == Call.DELIVERY)
    return _where(records, read & (records["outcome"] == Outcome.OK))


def _tokens(records: NDArray[np.void]) -> NDArray[np.void]:
    """The reads that found a minted token."""
    reads = _reads(records)
    return _where(reads, reads["value"] >= 0)


def _where(records: NDArray[np.void], condition: NDArray[np.bool_]) -> NDArray[np.void]:
    found: NDArray[np.void] = records[condition]
    return found
