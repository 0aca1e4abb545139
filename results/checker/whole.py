"""What only the whole journal tells, since it takes several registers, or none."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from results.journal.record import FIRST_BREACH, Call, Outcome

_MAY_ACT: Final = (Outcome.OK, Outcome.INFO)


def answers(records: NDArray[np.void]) -> NDArray[np.void]:
    """The calls that were answered, well or not."""
    return _where(records, (records["call"] < Call.READBACK) & (records["status"] > 0))


def later_run_read(records: NDArray[np.void], run: int) -> bool:
    """Whether a later run had written by the time of some read: what it wrote or removed is in another journal."""
    return bool((_tokens(records)["value"] >> 20 > run).any())


def sent_of_elsewhere(records: NDArray[np.void]) -> frozenset[tuple[int, int]]:
    """(register, token) of the subscribes that may have brought a token which was found in another register."""
    tokens = _tokens(records)
    origins = np.unique(tokens["origin"][tokens["origin"] != tokens["register"]])
    sent = (records["status"] > 0) | np.isin(records["outcome"], _MAY_ACT)
    written = records[(records["call"] == Call.SUBSCRIBE) & sent & np.isin(records["register"], origins)]
    return frozenset(written[["register", "value"]].tolist())


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
