"""Clocks that disagree accuse nobody, once it is known by how much."""

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from results.checker.clocks import Clock, Clocks, shifted, widened
from results.checker.doubt import Doubt
from results.checker.judge import Docket, ended, judge_shard
from results.checker.whole import Whole
from results.journal.record import ABSENT, NO_RC, NO_ROWS, NOBODY, RECORD, Call
from results.judgement import Judgement
from results.run import Load, Run
from tests.results.checker.journal import ANNE, BEGAN, DEVICE, RUN, Journal, label, shown, unknown_for
from tests.results.checker.test_no_false_alarm import looked_at, plan, recorded, take_effect

SECOND = 1_000_000_000


def judged(records: NDArray[np.void], bound: int) -> Judgement:
    docket = Docket(RUN, BEGAN - 10 * SECOND, label, clock_bound=bound)
    found = judge_shard(records, Whole.of(lambda: (records,), RUN, bound), docket)
    return found.judgement(began=docket.began, read_back=True, ended=lambda moment: ended(records, moment))


def test_a_clocks_offset_is_what_all_answers_of_one_time_allow() -> None:
    assert Clock.of([(100, 1150, 200)]) == (1000, 50)  # between 950 and 1050
    assert Clock.of([(100, 1150, 200), (300, 1310, 320)]) == (1000, 10)
    assert Clock.of([(5, 5, 5)]) == (0, 0)
    assert Clock.of([(5, 5, 5), (7, 8, 8)]) == (0, 0)
    assert Clock.of([(7, 8, 8)]) == (0, 1)  # between 0 and 1: a bound is never too small
    assert Clock.of([(5, 6, 5), (7, 6, 8)]) == (-1, 2)  # 1 and -2 to -1 contradict one another: any of -2 to 1


@pytest.mark.parametrize(("passed", "bound"), [(0, 7), (1, 8), (500, 8), (501, 9), (10**9, 2_000_007)])
def test_a_clock_is_known_less_well_the_longer_ago_it_was(passed: int, bound: int) -> None:
    assert Clock(1000, 7).after(passed) == (1000, bound)


def test_a_clock_that_drifts_is_as_wrong_as_before_and_after_allow() -> None:
    assert Clock.over([Clock(1000, 10), Clock(1100, 20)]) == (1055, 65)
    assert Clock.over([Clock(7, 0)]) == (7, 0)


def lived(**fields: Any) -> Run:  # noqa: ANN401 - of Run
    run = Run("r1", "2026-11-24T00:00:00+00:00", 1, "http://127.0.0.1:1", True, "f", 1, 1, 20, 7, "open")
    return replace(run, clock="masters", **fields)


def test_a_run_knows_its_workers_clocks_as_far_as_it_has_measured_them() -> None:
    clocks = {"1": [-500, 7], "2": [900, 30]}
    load = Load(began=1, ended=2, offered=1, workers=3, workers_lost=0, cpu_percent=1.0, clocks=clocks)

    assert Clocks.of(lived(load=load)) == ("masters", {"1": (-500, 7), "2": (900, 30)})
    assert Clocks.of(lived(load=load)).bound == 30  # of the worst known
    assert (Clocks.of(lived()), Clocks.of(lived()).bound) == (("masters", {}), 0)


def test_records_are_brought_onto_the_masters_clock_by_whose_they_are_and_which_clock_they_read() -> None:
    records = Journal().subscribe(7, 0.1, 0.2).records()
    clocks = Clocks("masters", {"1": Clock(-500, 7)})

    def sent(worker: int, clock: str) -> list[int] | None:
        mend = clocks.on_masters(worker, clock)
        return None if mend is None else (mend(records)["sent"] - records["sent"]).tolist()

    assert [sent(*one) for one in ((1, "other"), (1, "masters"), (1, ""), (2, "masters"), (2, "other"))] == [
        [-500],
        [0],
        [0],
        [0],
        None,
    ]


def test_a_workers_records_are_shifted_and_what_gateways_told_is_not() -> None:
    push = (Call.PUSH, 0, 0, 0, 200, NO_ROWS, 0, ANNE, 0, 45, 9, 40, 44, 50)
    delivery = (Call.DELIVERY, 0, 0, 0, 200, NO_ROWS, NO_RC, ANNE, DEVICE, 7, DEVICE, 1060, 45, 1055)
    others = (*delivery[:7], NOBODY, *delivery[8:12], 0, 1055)
    closed = (Call.CLOSED, 0, 0, 0, 0, 1, NO_RC, ANNE, 0, ABSENT, 0, 45, 45, 70)
    records: NDArray[np.void] = np.array([push, delivery, others, closed], RECORD)

    assert [row[9:] for row in shifted(records, 1000).tolist()] == [
        (1045, 9, 1040, 1044, 1050),
        (7, DEVICE, 1060, 1045, 1055),
        (7, DEVICE, 1060, 0, 1055),
        (ABSENT, 0, 1045, 1045, 1070),
    ]
    assert shifted(records, 0) is records


def test_every_interval_is_widened_on_both_sides_and_pushes_stay_known_by_their_moment() -> None:
    push = (Call.PUSH, 0, 0, 0, 200, NO_ROWS, 0, ANNE, 0, 45, 9, 40, 44, 50)
    closed = (Call.CLOSED, 0, 0, 0, 0, 1, NO_RC, ANNE, 0, ABSENT, 0, 45, 45, 70)
    records: NDArray[np.void] = np.array([push, closed], RECORD)

    found = widened(records, 3)
    assert [row[9:] for row in found.tolist()] == [(42, 9, 40, 41, 53), (ABSENT, 0, 45, 42, 73)]
    assert widened(records, 0) is records


@pytest.mark.parametrize(("bound", "found"), [(0.0, {"lost_update": 1}), (0.04, {"lost_update": 1}), (0.06, {})])
def test_an_order_closer_than_the_clocks_are_known_is_unknown_and_no_violation(
    bound: float, found: dict[str, int]
) -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 0.3, 0.4).read_back(7, 12.0)

    came_to = judged(journal.records(), round(bound * SECOND))
    assert (shown(came_to), came_to.verdict) == (found, "violated" if found else "unknown")
    assert found or unknown_for(came_to, Doubt.CLOSE)


def test_what_is_right_whichever_way_the_clocks_go_passes() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 0.3, 0.4).read_back(8, 12.0)

    assert judged(journal.records(), SECOND).verdict == "pass"


def test_a_providers_word_counts_from_when_it_may_have_been_given() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(7, 0.9, 1.1, status=410).push(None, 1.0, 1.05).read_back(None, 12.0)

    assert shown(judged(journal.records(), 0)) == {"missing_device": 1}
    assert unknown_for(judged(journal.records(), SECOND // 20), Doubt.CLOSE)


def test_a_push_that_a_gateway_took_before_it_had_answered_the_first_is_no_duplicate() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1, answered=1.3).push(7, 1.0, 1.2, answered=1.4)

    assert judged(journal.read_back(7, 12.0).records(), SECOND // 5).verdict == "pass"


@pytest.mark.parametrize("dead", [0.0, 0.4])
def test_a_correct_backend_seen_by_skewed_workers_is_accused_as_recorded_and_never_once_widened(dead: float) -> None:
    rng, accused = Random(8), 0
    for _ in range(250):
        acts = looked_at(plan(rng, rng.randint(3, 12), dead=dead))
        facts = recorded(take_effect(acts, None))
        records: NDArray[np.void] = np.array([tuple(fact) for fact in facts], RECORD)
        skew = rng.choice((0.1, 1.0, 2.0)) * SECOND
        for worker in range(3):  # each with a clock of its own
            mine = np.arange(len(records)) % 3 == worker
            off = round(rng.uniform(-skew, skew))
            for name in ("sent", "done", "intended"):
                records[name][mine] += off

        wrong, right = judged(records, 0), judged(records, round(skew))
        accused += bool(shown(wrong).keys() - {"zombie_write"})
        assert shown(right).keys() <= {"zombie_write"}, facts
        assert right.verdict != "violated"
    assert accused > 10
