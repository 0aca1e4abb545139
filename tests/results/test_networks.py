"""What networks did, as their workers counted it."""

from results.journal.record import Outcome
from results.latency import latencies
from results.networks import NetworkUse
from results.operations import Operations
from tests.results.recorded import journal, load, operation, run

TOLD = {
    "wifi": {"calls": 6, "lost": 1, "cut": 0, "unanswered": 2, "hand_overs": 1, "carried": 5, "waited_ns": 200_000_000},
    "airplane": {"calls": 2, "lost": 2, "cut": 0, "unanswered": 0, "hand_overs": 0, "carried": 0, "waited_ns": 0},
}


def test_shares_are_of_all_calls_and_what_was_added_is_of_those_that_were_not_lost() -> None:
    assert NetworkUse.of(run(load=load(networks=TOLD))) == {
        "wifi": NetworkUse(calls=6, share=0.75, lost=1, cut=0, unanswered=2, hand_overs=1, added_ms=40.0),
        "airplane": NetworkUse(calls=2, share=0.25, lost=2, cut=0, unanswered=0, hand_overs=0, added_ms=None),
    }


def test_a_run_without_networks_and_one_that_was_killed_tell_of_none() -> None:
    assert NetworkUse.of(run(load=load())) == NetworkUse.of(run(load=None)) == {}


def test_what_a_network_lost_has_no_latency_and_what_the_phone_gave_up_has() -> None:
    records = journal(
        operation(0, 0, 10),
        operation(0, 0, 1, Outcome.INFO, status=0, fault=23),
        operation(0, 0, 1, Outcome.FAIL, status=0, fault=23),
        operation(0, 0, 20, Outcome.INFO, status=0, fault=22),
    )
    found = latencies(Operations.of(records), {1: "ios"})["subscribe"]
    assert (found.count, found.service.p50, found.service.max) == (2, 10.0, 20.0)
