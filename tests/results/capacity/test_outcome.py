"""The outcome in words, as an exit code, and as JSON says the same thing."""

from typing import Any

import orjson
import pytest

from results.capacity import Capacity, Ended, Limit
from results.capacity.files import as_json
from results.verdict import Verdict
from tests.results.capacity.simulated import outcome, slow, summary

STUCK: dict[str, Any] = {"verdict": "unknown", "generator__verdict": "unknown", "generator__why": ["It stood still."]}


def found() -> Capacity:
    return outcome((50, summary(50)), (100, slow(100)), (100, slow(100)), (71, summary(71)))


def test_a_rate_that_was_found_is_a_pass_and_names_its_limit() -> None:
    capacity = found()
    assert (capacity.rate, capacity.limit, capacity.verdict) == (71, Limit.TARGET, Verdict.PASS)
    assert capacity.sentence == (
        "71 arrivals a second met the gate; 100 did not. p99(subscribe) < 50ms is violated. Measured 61 ms. "
        "The target was the limit."
    )


def test_a_start_that_violates_the_gates_is_violated() -> None:
    capacity = outcome((50, slow(50)), (50, slow(50)))
    assert (capacity.rate, capacity.verdict, capacity.verdict.exit_code) == (None, Verdict.VIOLATED, 1)
    assert capacity.sentence.startswith("Even 50 arrivals a second did not meet the gate. p99(subscribe) < 50ms is")


def test_a_generator_that_fails_at_the_start_proves_nothing() -> None:
    capacity = outcome((50, summary(50, **STUCK)), (50, summary(50, **STUCK)))
    assert (capacity.limit, capacity.verdict, capacity.verdict.exit_code) == (Limit.GENERATOR, Verdict.UNKNOWN, 2)
    assert capacity.sentence == (
        "Whether 50 arrivals a second can be met is not known. It stood still. "
        "The generator was the limit, so the target may do more: try more --processes."
    )


def test_no_limit_up_to_max_is_said_so() -> None:
    capacity = outcome((50, summary(50)), (80, summary(80)), most=80)
    assert (capacity.limit, capacity.verdict) == (Limit.NONE, Verdict.PASS)
    assert capacity.sentence == (
        "80 arrivals a second met the gate. No limit was found up to --max 80/s: raise it to find one."
    )


def test_a_search_that_was_stopped_keeps_its_rate_and_does_not_know_the_limit() -> None:
    capacity = outcome((50, summary(50)), ended=Ended.STOPPED)
    assert (capacity.rate, capacity.limit, capacity.verdict) == (50, Limit.UNKNOWN, Verdict.PASS)
    assert capacity.sentence == (
        "50 arrivals a second met the gate. What the limit is, is not known. "
        "The search was stopped, before a rate failed."
    )


def test_a_search_out_of_time_says_between_which_rates_the_limit_lies() -> None:
    capacity = outcome((50, summary(50)), (100, slow(100)), ended=Ended.BUDGET)
    assert capacity.sentence.endswith(
        "The target was the limit. The search ended for want of time, with the limit between 50 and 100/s."
    )


def test_no_trial_at_all_is_unknown() -> None:
    capacity = outcome(ended=Ended.STOPPED)
    assert capacity.verdict is Verdict.UNKNOWN
    assert capacity.sentence == "No trial gave an answer. The search was stopped, before a rate was met."


def test_a_correctness_violation_is_certain_and_counts_as_not_met() -> None:
    wrong = summary(50, verdict="violated", correctness__verdict="violated", reasons=["1 lost update."])
    wrong["gates"][0]["verdict"] = "violated"
    capacity = outcome((50, wrong))
    assert capacity.trials[0].certain
    assert not capacity.trials[0].met
    assert (capacity.verdict, capacity.limit) == (Verdict.VIOLATED, Limit.TARGET)
    assert "1 lost update." in capacity.sentence


def test_json_has_every_field_in_the_schemas_order() -> None:
    said = orjson.loads(as_json(found()))
    assert list(said) == [
        *("schema", "verdict", "rate", "limit", "sentence", "not_met", "ended", "gates"),
        *("target", "seed", "started", "seconds", "options", "trials"),
    ]
    assert (said["schema"], said["rate"], said["limit"]) == (1, 71, "target")
    assert said["trials"][1] == {
        "number": 2,
        "rate": 100,
        "verdict": "violated",
        "met": False,
        "limit": "target",
        "why": "p99(subscribe) < 50ms is violated. Measured 61 ms.",
        "offered": 120.0,
        "per_second": 120.0,
        "label": "subscribe",
        "response_ms": {"p50": 2.0, "p90": 4.0, "p99": 61.0, "max": 15.0},
        "service_p99_ms": 9.0,
        "errors_percent": 0.0,
        "generator": "pass",
        "cpu_percent": 30.0,
        "not_sent": 0,
        "seconds": 9.0,
        "devices": 2000,
        "seed": 9,
        "folder": "trials/trial-02-100",
        "gates": [
            {"gate": "correctness", "measured": 0.0, "unit": "anomalies", "verdict": "pass"},
            {"gate": "p99(subscribe) < 50ms", "measured": 61.0, "unit": "ms", "verdict": "violated"},
        ],
    }


@pytest.mark.parametrize(("rate", "devices"), [(50, 2_000), (600, 2_400), (20_000, 20_000)])
def test_a_trial_has_people_enough_for_its_rate_and_no_more_than_can_log_in(rate: int, devices: int) -> None:
    assert outcome((rate, summary(rate))).trials[0].devices == devices


def test_every_trial_has_a_seed_of_its_own_even_at_the_same_rate() -> None:
    assert [trial.seed for trial in found().trials] == [8, 9, 10, 11]


def test_what_was_due_to_be_refused_is_no_error() -> None:
    due = {"total": 200, "ok": 150, "fail": 40, "info": 10, "due": 46}
    assert outcome((50, summary(50, operations=due))).trials[0].errors_percent == 2.0
