"""What only the whole journal tells, since it takes several registers, or none."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from results.checker import pushes
from results.checker.clocks import widened
from results.journal.record import FIRST_BREACH, RECORD, Call, Outcome

_MAY_ACT: Final = (Outcome.OK, Outcome.INFO)

Batches = Callable[[], Iterable[NDArray[np.void]]]  # all records of a run, in pieces, as often as it is called


def answers(records: NDArray[np.void]) -> NDArray[np.void]:
    """The calls that were answered, well or not."""
    return _where(records, (records["call"] < Call.READBACK) & (records["status"] > 0))


@dataclass(frozen=True, slots=True)
class Whole:
    """What a register is judged by that stands in other registers' records, or in nobody's; the same in every shard."""

    batches: Batches
    clock_bound: int  # ns by which records are widened on both sides; those of `batches` are not yet
    of_pushes: NDArray[np.void]  # the records that pushes are judged by
    unanswered: NDArray[np.int64]  # when each call without an answer began, and was given up: shape (n, 2)
    later: bool  # a later run had written by the time of some read: what it wrote or removed is in another journal
    written: frozenset[tuple[int, int]]  # (register, token) of the subscribes that may have brought a token elsewhere
    unclosed: dict[int, int]  # see `pushes.unclosed`

    @classmethod
    def of(cls, batches: Batches, run: int, clock_bound: int = 0) -> Self:
        """From all records of a run."""
        of_pushes, origins, later = [np.empty(0, RECORD)], [np.empty(0, np.uint64)], False
        unanswered = [np.empty((0, 2), np.int64)]
        for records in batches():
            of_pushes.append(pushes.kept(records))
            unanswered.append(pushes.unanswered(records))
            tokens = _tokens(records)
            origins.append(np.unique(tokens["origin"][tokens["origin"] != tokens["register"]]))
            later |= bool((tokens["value"] >> 20 > run).any())
        together, astray = widened(np.concatenate(of_pushes), clock_bound), np.unique(np.concatenate(origins))
        written = (_sent(records, astray) for records in batches()) if len(astray) else ()
        return cls(
            batches,
            clock_bound,
            together,
            np.concatenate(unanswered) + np.array([-clock_bound, clock_bound]),
            later,
            frozenset(chain.from_iterable(written)),
            {person: until - 2 * clock_bound for person, until in pushes.unclosed(together).items()},
        )

    def subscribes_of(self, tokens: Collection[tuple[int, int]]) -> NDArray[np.void]:
        """The subscribes that may have brought these, each a register and its token, by `sent`.

        They may be another shard's, and many: they are read again where they lie, and only those asked for are kept.
        """
        if not tokens:
            return np.empty(0, RECORD)
        registers = np.array(sorted({register for register, _ in tokens}), np.uint64)
        values = np.array(sorted({value for _, value in tokens}), np.int64)
        found = np.concatenate([np.empty(0, RECORD), *(_subscribes(r, registers, values) for r in self.batches())])
        return widened(found[np.argsort(found["sent"], kind="stable")], self.clock_bound)


def _sent(records: NDArray[np.void], registers: NDArray[np.uint64]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = _subscribes(records, registers)[["register", "value"]].tolist()
    return found


def _subscribes(
    records: NDArray[np.void], registers: NDArray[np.uint64], values: NDArray[np.int64] | None = None
) -> NDArray[np.void]:
    """Those of the registers, and of these tokens, that were sent as far as is known."""
    sent = (records["status"] > 0) | np.isin(records["outcome"], _MAY_ACT)
    wanted = (records["call"] == Call.SUBSCRIBE) & sent & np.isin(records["register"], registers)
    return _where(records, wanted if values is None else wanted & np.isin(records["value"], values))


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
