"""What registers come to together, compared whole."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from results.checker.judge import Docket, judge_shard
from results.checker.partial import Partial
from results.checker.whole import Whole
from tests.results.checker.journal import BEGAN, OTHER, RUN, VOIP, Journal, label

LEFT_ALONE = OTHER + (1 << 24)
DEAD = (LEFT_ALONE, LEFT_ALONE + 1)


def dead(registers: NDArray[np.uint64]) -> NDArray[np.bool_]:
    return np.isin(registers, DEAD)


def told(journal: Journal) -> Partial:
    records = journal.records()
    docket = Docket(RUN, BEGAN, label, dead=dead)
    return replace(judge_shard(records, Whole.of(lambda: (records,), RUN), docket), coverage={}, examples={})


def lost(journal: Journal, register: int) -> Journal:
    """Two acknowledged tokens, of which the older is read at last."""
    journal.subscribe(7, 0.1, 0.2, register=register).subscribe(8, 0.3, 0.4, register=register)
    return journal.read_back(7, 12.0, register=register)


def test_registers_are_counted_by_what_came_of_them() -> None:
    journal = lost(lost(Journal(), OTHER), VOIP).subscribe(7, 0.1, 0.2).read_back(7, 12.0)
    journal.read_back(5, 12.0, run=RUN, register=LEFT_ALONE)  # whatever wrote it, a worker died that may have

    moment = BEGAN + 12_500_000_000
    assert told(journal) == Partial(
        total=4,
        violated=2,
        unknown=1,
        doubts={"DEAD": 1},
        anomalies={"lost_update": 2},
        coverage={},
        examples={},
        proven={"lost_update": (moment, moment)},
    )


def test_of_several_doubts_the_first_that_there_is_is_told() -> None:
    journal = Journal().subscribe(7, 5.0, 5.1, register=LEFT_ALONE).read_back(7, 1.0, register=LEFT_ALONE)
    journal.read_back(5, 12.0, register=LEFT_ALONE)  # one token was read too soon, and one was written by nobody known

    assert (told(journal).unknown, told(journal).doubts) == (1, {"DEAD": 1})
