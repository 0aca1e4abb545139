"""Target or generator: each is blamed for its own doing only."""

from typing import Any

import pytest

from results.capacity import Limit, limit_of
from tests.results.capacity.simulated import GATE, IN_FLIGHT, slow, summary


def blamed(said: dict[str, Any], rate: int = 400) -> tuple[Limit | None, str]:
    return limit_of(said, rate=rate, in_flight=IN_FLIGHT)


def test_a_run_that_passed_at_the_rate_asked_for_met_its_gates() -> None:
    assert blamed(summary()) == (None, "")


def test_a_violated_gate_is_the_targets() -> None:
    assert blamed(slow(400)) == (Limit.TARGET, f"{GATE} is violated. Measured 61 ms.")


def test_a_correctness_violation_is_the_targets_however_busy_the_generator_was() -> None:
    said = summary(
        verdict="violated", reasons=["2 lost updates."], correctness__verdict="violated", generator__cpu_percent=100.0
    )
    said["throughput"]["sent_per_second"] = 1.0
    assert blamed(said) == (Limit.TARGET, "2 lost updates.")


def test_a_gate_that_is_met_by_a_late_generator_is_met() -> None:
    said = summary(generator__verdict="unknown", generator__why=["The generator sent late."])
    assert blamed(said) == (None, "")


def test_a_generator_whose_delay_decides_is_the_limit() -> None:
    said = summary(verdict="unknown", generator__verdict="unknown", generator__why=["Its own delay decides."])
    said["gates"][1].update(verdict="unknown", delayed=True)
    assert blamed(said) == (Limit.GENERATOR, "Its own delay decides.")


def test_a_gate_violated_while_the_processor_was_used_up_is_the_generators() -> None:
    said = slow(400)
    said["generator"]["cpu_percent"] = 97.0
    said["throughput"]["sent_per_second"] = 400.0
    limit, why = blamed(said)
    assert limit is Limit.GENERATOR
    assert why == "The generator used 97 % of a core and sent 400 of 480 operations a second."


def test_a_busy_processor_that_sent_everything_is_nobodys_excuse() -> None:
    said = slow(400)
    said["generator"]["cpu_percent"] = 97.0
    assert blamed(said)[0] is Limit.TARGET


def test_a_pass_does_not_count_when_the_arrivals_never_came() -> None:
    said = summary(throughput__arrivals=1_000)
    assert blamed(said) == (Limit.GENERATOR, "Only 1,000 of about 2,000 arrivals came about.")


def test_a_pass_does_not_count_when_arrivals_could_not_be_sent() -> None:
    said = summary(throughput__not_sent=3, generator__verdict="unknown", generator__why=["3 could not be sent."])
    assert blamed(said) == (Limit.GENERATOR, "3 could not be sent.")


@pytest.mark.parametrize("arrivals", [160, 190, 230])
def test_the_chance_in_poisson_arrivals_is_not_held_against_the_generator(arrivals: int) -> None:
    assert blamed(summary(40, throughput__arrivals=arrivals), rate=40) == (None, "")


def test_arrivals_held_back_by_a_target_that_does_not_answer_are_the_targets() -> None:
    """A thousand operations of 1.5 s each, 600 a second: all that may be under way waits for the target."""
    said = summary(verdict="unknown", generator__verdict="unknown", throughput__not_sent=500)
    said["latency_ms"]["subscribe"]["service"] = {**said["latency_ms"]["subscribe"]["service"], "p90": 2_000.0}
    limit, why = blamed(said)
    assert limit is Limit.TARGET
    assert why == (
        "500 arrivals were held back: about 960 operations waited for the target, "
        "and a generator process may have 1,000 people under way."
    )


def test_arrivals_not_sent_while_answers_came_at_once_are_the_generators() -> None:
    said = summary(verdict="unknown", generator__verdict="unknown", throughput__not_sent=500)
    said["generator"]["why"] = ["The generator could not send 500."]
    assert blamed(said) == (Limit.GENERATOR, "The generator could not send 500.")


def test_a_store_that_was_not_read_back_makes_the_limit_unknown() -> None:
    said = summary(verdict="unknown", correctness__verdict="unknown", reasons=["Not read back: give --readback."])
    assert blamed(said) == (Limit.UNKNOWN, "Not read back: give --readback.")


def test_a_run_that_was_cut_off_before_its_load_took_any_time_is_no_crash() -> None:
    said = summary(verdict="unknown", generator__verdict="unknown", run__seconds=0.0)
    said["throughput"].update(arrivals=None, per_second=None, sent_per_second=None)
    said["generator"].update(cpu_percent=None, workers=None)
    assert blamed(said)[0] is Limit.GENERATOR
