from dataclasses import asdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from results.journal.record import Call, Outcome
from results.operations import Counts, Operations, Tally
from results.summary import summarise
from tests.results.recorded import IOS, arrival, delivery, journal, judged, operation, record, run, stall

FAULTS = {1: "timeout", 2: "server_error"}


def test_operations_are_counted_by_outcome_by_call_and_by_fault() -> None:
    records = journal(
        operation(0, 0, 1),
        operation(0, 0, 1, Outcome.INFO, fault=2),
        operation(0, 0, 1, Outcome.INFO, fault=1),
        operation(0, 0, 1, Outcome.INFO, fault=1),
        operation(0, 0, 1, Outcome.FAIL, fault=9, call=Call.UNSUBSCRIBE),
    )

    assert asdict(Tally.of_operations(Operations.of(records), FAULTS)) == {
        "total": 5,
        "ok": 1,
        "fail": 1,
        "info": 3,
        "due": 0,
        "by_kind": {
            "subscribe": {"total": 4, "ok": 1, "fail": 0, "info": 3, "due": 0},
            "unsubscribe": {"total": 1, "ok": 0, "fail": 1, "info": 0, "due": 0},
            "push": {"total": 0, "ok": 0, "fail": 0, "info": 0, "due": 0},
        },
        "faults": {"timeout": 2, "server_error": 1, "fault-9": 1},
    }


def test_a_refusal_that_was_due_is_no_error() -> None:
    due = operation(0, 0, 1, Outcome.FAIL, status=400)
    undue = [operation(0, 0, 1, Outcome.FAIL, status=401, fault=34), operation(0, 0, 1, Outcome.FAIL, status=0)]

    counts = Tally.of_operations(Operations.of(journal(due, *undue)), FAULTS)

    assert (counts.total, counts.fail, counts.due, counts.errors) == (3, 3, 1, 2)


def test_reads_and_the_generators_own_records_are_no_operations() -> None:
    records = journal(delivery(0, 1, 1), record(Call.READBACK), arrival(0), stall(0, 1))

    assert len(Operations.of(records)) == 0


def test_a_push_is_an_operation_and_what_is_known_of_it_later_is_none() -> None:
    records = journal(operation(0, 0, 7, call=Call.PUSH, register=0), record(Call.CLOSED), delivery(0, 1, 1))
    operations = Operations.of(records)

    assert {name: counts.total for name, counts in Tally.of_operations(operations, FAULTS).by_kind.items()} == {
        "subscribe": 0,
        "unsubscribe": 0,
        "push": 1,
    }
    assert [(label, mask.tolist()) for label, mask in operations.labelled({IOS: "ios"})] == [("push", [True])]


def test_of_no_operation_no_share_is_an_error() -> None:
    assert Counts().error_share is None
    assert Counts(total=4, ok=1, fail=2, info=1).error_share == 0.75


def test_a_label_selects_its_call_and_its_type_and_nothing_else() -> None:
    found = Operations.of(
        journal(operation(0, 0, 1), operation(0, 0, 1, register=9), operation(0, 0, 1, call=Call.UNSUBSCRIBE))
    )

    masks = {label: found.mask(label, {IOS: "ios"}).tolist() for label in ("subscribe", "subscribe/ios", "elsewhere")}

    assert masks == {
        "subscribe": [True, True, False],
        "subscribe/ios": [True, False, False],
        "elsewhere": [False, False, False],
    }


@given(st.lists(st.sampled_from([Outcome.OK, Outcome.FAIL, Outcome.INFO, Outcome.NOT_SENT])))
def test_offered_is_always_all_that_ended_and_all_that_was_not_sent(outcomes: list[Outcome]) -> None:
    records = journal(
        *(arrival(0) if outcome is Outcome.NOT_SENT else operation(0, 0, 1, outcome) for outcome in outcomes)
    )

    summary = summarise(run(), records, judged(), [])

    counts = summary.operations
    assert summary.throughput.offered == counts.ok + counts.fail + counts.info + summary.throughput.not_sent
    assert summary.throughput.not_sent == np.count_nonzero(np.array(outcomes) == Outcome.NOT_SENT)


def test_what_a_phone_or_its_network_lost_is_no_error() -> None:
    lost = [
        operation(0, 0, 1, Outcome.FAIL, status=0, fault=23),
        operation(0, 0, 1, Outcome.INFO, status=0, fault=23),
        operation(0, 0, 1, Outcome.INFO, status=0, fault=22),
    ]

    counts = Tally.of_operations(Operations.of(journal(*lost)), FAULTS)

    assert (counts.fail, counts.info, counts.due, counts.errors) == (1, 2, 3, 0)
