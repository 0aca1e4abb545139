from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from results.journal.record import Call, Outcome
from results.latency import P999, Latency, Spread, latencies, quantile, rank
from results.operations import Operations
from tests.results.recorded import FCM, IOS, arrival, journal, operation, operations, stall

TYPES = {IOS: "ios", FCM: "fcm"}


def flat(value: float) -> Spread:
    return Spread(value, value, value, value, value)


def test_the_three_measures_run_between_the_moments_they_are_named_for() -> None:
    found = latencies(Operations.of(operation(0, 3, 10)), TYPES)

    assert found["subscribe"] == Latency(1, service=flat(7.0), response=flat(10.0), send_lag=flat(3.0))


def test_labels_are_the_calls_and_their_types() -> None:
    records = journal(
        operation(0, 0, 1), operation(0, 0, 2, register=FCM), operation(0, 0, 3, call=Call.UNSUBSCRIBE, register=9)
    )

    found = {
        label: (latency.count, latency.response.max)
        for label, latency in latencies(Operations.of(records), TYPES).items()
    }

    assert found == {
        "subscribe": (2, 2.0),
        "subscribe/ios": (1, 1.0),
        "subscribe/fcm": (1, 2.0),
        "unsubscribe": (1, 3.0),
        "unsubscribe/type-9": (1, 3.0),
    }


def test_quantiles_of_a_thousand_are_the_values_at_their_ranks() -> None:
    found = latencies(Operations.of(operations(*range(1000, 0, -1))), TYPES)

    assert found["subscribe"].response == Spread(500.0, 900.0, 990.0, 999.0, 1000.0)


def test_few_values_give_their_maximum_for_a_high_quantile() -> None:
    assert quantile(np.array([1, 2, 3]), P999) == 3


def test_the_rank_never_slips_by_one_through_floating_point() -> None:
    assert [rank(Fraction(nines, 1000), 1000) for nines in (500, 999, 1000)] == [500, 999, 1000]


@given(st.lists(st.integers(0, 10**12), min_size=1), st.fractions(0, 1))
def test_a_quantile_is_the_least_value_that_enough_others_do_not_exceed(values: list[int], q: Fraction) -> None:
    ordered = np.sort(np.array(values, np.int64))

    found = quantile(ordered, q)

    def share(value: int) -> Fraction:
        return Fraction(sum(other <= value for other in values), len(values))

    assert found in values
    assert share(found) >= q
    assert all(share(value) < q for value in values if value < found)


def test_a_timeout_counts_with_the_time_somebody_waited() -> None:
    found = latencies(Operations.of(operation(0, 0, 5000, Outcome.INFO, status=0)), TYPES)

    assert found["subscribe"].response.max == 5000.0


def test_a_refused_connection_is_no_fast_answer() -> None:
    records = journal(operation(0, 0, 0, Outcome.FAIL, status=0), operation(0, 0, 8, Outcome.FAIL, status=403))

    assert latencies(Operations.of(records), TYPES)["subscribe"].count == 1


def test_stalls_and_arrivals_have_no_latency() -> None:
    assert latencies(Operations.of(journal(stall(0, 5), arrival(3))), TYPES) == {}
