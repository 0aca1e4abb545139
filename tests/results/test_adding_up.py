"""Operations offered = ok + fail + info + not_sent: in every run, whatever was recorded in whatever order."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from results.gates import Evidence, parse_gates
from results.journal.record import Call, Outcome
from results.run import Load
from results.summary import summarise
from results.timeline import Timeline
from results.verdict import Verdict
from tests.results.recorded import arrival, delivery, journal, judged, load, operation, run, stall, taken

moments = st.integers(0, 900)
calls = st.builds(
    lambda due, lag, took, outcome, call: operation(due, due + lag, due + lag + took, outcome, call=call),
    moments,
    st.integers(0, 50),
    st.integers(0, 200),
    st.sampled_from([Outcome.OK, Outcome.FAIL, Outcome.INFO]),
    st.sampled_from([Call.SUBSCRIBE, Call.UNSUBSCRIBE, Call.PUSH]),
)
others = st.one_of(
    moments.map(arrival),
    moments.map(lambda begin: stall(begin, begin + 30)),
    moments.map(lambda begin: taken(begin, begin + 50, 10)),
    moments.map(lambda sent: delivery(sent, 1, 1)),
)
loads = st.one_of(
    st.none(),
    st.builds(lambda lost, offered: load(workers_lost=lost, offered=offered), st.integers(0, 2), st.integers(0, 9)),
)


@given(st.lists(st.one_of(calls, others), max_size=40), loads, st.randoms())
def test_the_sum_is_always_right(rows: list[Any], told: Load | None, rng: Any) -> None:  # noqa: ANN401 - hypothesis'
    rng.shuffle(rows)
    records = journal(*rows)
    of = run(load=told)
    summary = summarise(of, records, judged(), [])
    tally, throughput = summary.operations, summary.throughput
    unsent = sum(int(row["call"][0]) == Call.ARRIVAL for row in rows)
    assert throughput.not_sent == unsent
    assert throughput.offered == tally.ok + tally.fail + tally.info + unsent
    assert tally.total == sum(kind.total for kind in tally.by_kind.values()) == throughput.offered - unsent
    assert (throughput.arrivals is None) is (told is None or bool(told.workers_lost))
    timeline = Timeline.of(Evidence(of, records))
    if timeline is not None:
        edges = np.append(np.full(len(timeline.offered) - 1, timeline.width), 0.0)
        edges[-1] = Evidence(of, records).seconds - edges.sum()
        assert round(float(np.sum(timeline.offered * edges))) == throughput.offered


def test_a_journal_that_lost_an_arrival_which_the_workers_counted_decides_no_gate() -> None:
    records = journal(operation(0, 0, 1), arrival(5))
    gates = parse_gates(["p50(subscribe) < 100ms"])
    for begun, expected in ((1, Verdict.PASS), (0, Verdict.UNKNOWN), (-1, Verdict.PASS)):
        told = load(offered=2, begun=begun)
        finding = summarise(run(load=told), records, judged(), gates).gates[1]
        assert finding.verdict is expected
    missing = Evidence(run(load=load(offered=2, begun=0)), records).missing
    assert missing == "workers counted 2 arrivals that were not sent, and the journal has 1"
