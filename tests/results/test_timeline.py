import numpy as np
import pytest

from results.gates import Evidence
from results.journal.record import Outcome
from results.timeline import Timeline
from tests.results.recorded import arrival, journal, load, operation, operations, run


def test_slices_count_what_was_due_and_what_ended_in_them() -> None:
    records = journal(
        operation(100, 100, 150),
        operation(900, 900, 1250),  # due in the first second, answered in the second
        operation(1900, 1900, 1990, Outcome.INFO),
        arrival(1500),
        operation(1950, 1950, 2500),  # answered after the load
    )

    found = Timeline.of(Evidence(run(load=load(40.0)), records))

    assert found is not None
    assert found.width == 1
    assert [series[:4].tolist() for series in (found.moments, found.offered, found.achieved, found.errors)] == [
        [0.5, 1.5, 2.5, 3.5],
        [2.0, 3.0, 0.0, 0.0],
        [1.0, 1.0, 1.0, 0.0],
        [0.0, 1.0, 0.0, 0.0],
    ]
    assert found.max[:2].tolist() == [350.0, 550.0]
    assert np.isnan(found.max[2:]).all()


def test_what_is_answered_after_the_load_is_not_achieved_in_it() -> None:
    found = Timeline.of(Evidence(run(load=load(1.0)), journal(operation(950, 950, 1500), operation(0, 0, 10))))

    assert found is not None
    assert (found.offered * found.width).sum() == pytest.approx(2)
    assert (found.achieved * found.width).sum() == pytest.approx(1)


def test_quantiles_of_a_slice_are_exact() -> None:
    found = Timeline.of(Evidence(run(load=load(0.1)), operations(*range(1, 101))))

    assert found is not None
    assert [found.p50.tolist(), found.p99.tolist(), found.max.tolist()] == [[50.0], [99.0], [100.0]]


@pytest.mark.parametrize(
    ("seconds", "width", "slices"),
    [(0.05, 0.1, 1), (5.0, 0.1, 50), (30.0, 0.5, 60), (30.7, 1, 30), (180.0, 1, 180), (3600.0, 30, 120)],
)
def test_slices_are_as_wide_as_people_count(seconds: float, width: float, slices: int) -> None:
    found = Timeline.of(Evidence(run(load=load(seconds)), operations(1)))

    assert found is not None
    assert (found.width, len(found.moments)) == (width, slices)


def test_the_last_slice_takes_the_rest_at_its_own_rate() -> None:
    steady = journal(*(operation(due, due, due + 1) for due in range(0, 30_700, 100)))

    found = Timeline.of(Evidence(run(load=load(30.7)), steady))

    assert found is not None
    assert found.offered.tolist() == pytest.approx([10.0] * 30)


def test_a_load_without_time_or_operations_has_no_timeline() -> None:
    assert Timeline.of(Evidence(run(load=load(0.0)), operations(1))) is None
    assert Timeline.of(Evidence(run(), journal(arrival(3)))) is None
