"""Figures by the stages of a shape and by scenario add up to the whole run's."""

from dataclasses import asdict
from typing import Any

import numpy as np

from results.gates import Evidence
from results.journal.record import Call, Outcome
from results.lived import lived
from results.operations import Counts
from results.phases import phases
from results.run import Names, Stage
from results.summary import Throughput, summarise
from tests.results.recorded import BEGAN, FCM, IOS, MS, S, arrival, journal, judged, load, operation, run

NAMES = Names({IOS: "ios", FCM: "fcm"}, ["launch", "rotate"], {1: "timeout"})
STAGES = [
    Stage("before", BEGAN + 3 * MS, 10.0),
    Stage("spike", BEGAN + 200 * MS, 40.0),
    Stage("after", BEGAN + 600 * MS),
]
RECORDS = journal(
    operation(-5, 0, 10),  # due before the shape's first stage: it belongs to that
    operation(100, 100, 250, scenario=1),
    operation(200, 220, 230),
    operation(300, 300, 700, Outcome.INFO, fault=1, status=0),
    operation(599, 599, 650, call=Call.UNSUBSCRIBE),
    operation(900, 900, 1100, scenario=1),  # answered after the load
    arrival(250),
)


def evidence(**fields: Any) -> Evidence:  # noqa: ANN401 - as Run takes them
    return Evidence(run(**{"names": NAMES, "stages": STAGES, "load": load(offered=7), **fields}), RECORDS)


def spread(value: float) -> dict[str, float]:
    return dict.fromkeys(("p50", "p90", "p99", "p999", "max"), value)


def test_the_phases_of_a_small_run_are_exactly_these() -> None:
    before, spike, after = (asdict(phase) for phase in phases(evidence()))

    assert (before["name"], before["began_s"], before["seconds"]) == ("before", 0.0, 0.2)
    assert before["operations"] == {"total": 2, "ok": 2, "fail": 0, "info": 0, "due": 0}
    assert before["throughput"] == {
        "per_second": 5.0,
        "sent_per_second": 10.0,
        "offered": 2,
        "not_sent": 0,
        "late": 0,
        "asked": 10.0,
    }
    assert before["backlog"] == {"most": 1, "at_s": 0.1}
    assert spike == {
        "name": "spike",
        "began_s": 0.2,
        "seconds": 0.4,
        "operations": {"total": 3, "ok": 2, "fail": 0, "info": 1, "due": 0},
        "latency_ms": {
            "subscribe": {
                "count": 2,
                "service": {**spread(400.0), "p50": 10.0},
                "response": {**spread(400.0), "p50": 30.0},
                "send_lag": {**spread(20.0), "p50": 0.0},
            },
            "unsubscribe": {"count": 1, "service": spread(51.0), "response": spread(51.0), "send_lag": spread(0.0)},
        },
        "throughput": {
            "per_second": 5.0,
            "sent_per_second": 7.5,
            "offered": 4,
            "not_sent": 1,
            "late": 1,
            "asked": 40.0,
        },
        "backlog": {"most": 2, "at_s": 0.2},
    }
    assert (after["seconds"], after["throughput"]["per_second"], after["throughput"]["asked"]) == (0.4, 2.5, None)
    assert after["backlog"] == {"most": 1, "at_s": 0.9}


def test_a_run_without_a_shape_has_no_phases() -> None:
    assert phases(evidence(stages=[])) == []


def test_a_stage_that_never_lasted_has_no_rate() -> None:
    stages = [Stage("before", BEGAN), Stage("spike", BEGAN + S), Stage("after", BEGAN + 9 * S)]
    assert [(each.seconds, each.throughput.per_second) for each in phases(evidence(stages=stages))[1:]] == [
        (0.0, None),
        (0.0, None),
    ]


def test_phases_add_up_to_the_whole() -> None:
    known = evidence()
    found, whole = phases(known), Throughput.of(known)

    assert sum(each.throughput.offered for each in found) == whole.offered
    assert sum(each.throughput.not_sent for each in found) == whole.not_sent
    assert sum(each.throughput.late for each in found) == whole.late
    assert sum(each.seconds for each in found) == known.seconds
    assert sum((each.throughput.per_second or 0) * each.seconds for each in found) == whole.per_second
    assert sum((each.throughput.sent_per_second or 0) * each.seconds for each in found) == whole.sent_per_second
    for name in ("total", "ok", "fail", "info", "due"):
        assert sum(getattr(each.operations, name) for each in found) == getattr(known.tally, name)


def test_every_operation_is_of_one_scenario() -> None:
    found = lived(evidence())

    assert {name: (each.operations, each.not_sent) for name, each in found.items()} == {
        "launch": (Counts(4, 3, 0, 1), 1),
        "rotate": (Counts(2, 2, 0, 0), 0),
    }
    assert (found["rotate"].began_s, found["rotate"].over_s) == (0.1, 1.1)
    assert found["rotate"].latency_ms["subscribe"].response.max == 200.0


def test_a_scenario_that_nobody_got_round_to_is_told() -> None:
    known = Evidence(run(names=NAMES), journal(arrival(250)))
    assert {name: (each.not_sent, each.operations.total) for name, each in lived(known).items()} == {"launch": (1, 0)}


def test_the_order_of_the_journal_changes_nothing() -> None:
    shuffled = np.random.default_rng(3).permutation(RECORDS)
    mixed = summarise(evidence().run, shuffled, judged(), []).as_dict()
    assert mixed == summarise(evidence().run, RECORDS, judged(), []).as_dict()
