"""The search finds the capacity of a target that has one, and no more than it can know of others."""

import pytest

from results.capacity import Limit, Search
from tests.results.capacity.simulated import noisy, searched, up_to


def test_the_rate_is_doubled_until_it_fails_then_bisected() -> None:
    search, tried = searched(up_to(500), start=50)
    assert tried == [50, 100, 200, 400, 800, 800, 566, 476, 519]
    assert (search.met, search.not_met, search.limit) == (476, 519, Limit.TARGET)


@pytest.mark.parametrize("capacity", [50, 51, 99, 100, 101, 777, 3_333, 12_345, 19_999])
@pytest.mark.parametrize("precision", [0.01, 0.1, 0.5])
def test_the_bounds_hold_the_capacity_and_are_as_near_as_asked(capacity: int, precision: float) -> None:
    search, _ = searched(up_to(capacity), precision=precision)
    assert search.met is not None
    assert search.not_met is not None
    assert search.met <= capacity < search.not_met
    assert search.not_met <= search.met * (1 + precision) or search.not_met - search.met == 1


def test_a_search_needs_no_more_trials_than_it_has_time_for() -> None:
    assert max(len(searched(up_to(capacity))[1]) for capacity in range(50, 20_000, 97)) <= 15


def test_small_whole_rates_end_the_search_however_precise_it_is() -> None:
    search, tried = searched(up_to(2), start=1, precision=0.01)
    assert (search.met, search.not_met) == (2, 3)
    assert tried == [1, 2, 4, 4, 3]


def test_no_rate_above_max_is_tried_and_max_itself_is() -> None:
    search, tried = searched(up_to(10**6), start=300, most=1_000)
    assert tried == [300, 600, 1_000]
    assert (search.met, search.not_met, search.limit) == (1_000, None, None)


def test_a_failure_at_the_start_is_tried_again_and_then_ends_the_search() -> None:
    search, tried = searched(up_to(0))
    assert tried == [50, 50]
    assert (search.met, search.not_met, search.limit) == (None, 50, Limit.TARGET)


def test_a_generator_at_its_limit_ends_the_doubling_like_any_failure() -> None:
    search, tried = searched(up_to(150, Limit.GENERATOR))
    assert tried[:4] == [50, 100, 200, 200]
    assert search.limit is Limit.GENERATOR


def test_the_limit_is_that_of_the_lowest_failing_rate() -> None:
    """The generator gives out at 800, but already at 566 it is the target."""
    search, _ = searched(
        lambda rate: None if rate <= 500 else Limit.GENERATOR if rate >= 700 else Limit.TARGET, precision=0.2
    )
    assert search.limit is Limit.TARGET


def test_one_hiccup_while_doubling_does_not_end_it() -> None:
    hiccups = [200]

    def target(rate: int) -> Limit | None:
        if rate in hiccups:
            hiccups.remove(rate)
            return Limit.TARGET
        return up_to(3_000)(rate)

    search, tried = searched(target)
    assert tried[:5] == [50, 100, 200, 200, 400]
    assert search.met is not None
    assert search.met > 2_700


@pytest.mark.parametrize("seed", range(20))
def test_a_noisy_border_costs_no_more_than_its_own_width(seed: int) -> None:
    search, _ = searched(noisy(1_000, 0.1, seed))
    assert search.met is not None
    assert 800 <= search.met <= 1_100


def test_the_same_noise_gives_the_same_trials() -> None:
    assert searched(noisy(1_000, 0.1, 4))[1] == searched(noisy(1_000, 0.1, 4))[1]


def test_what_is_certain_is_never_tried_again() -> None:
    search = Search(50, 20_000, 0.1)
    search.record(50, Limit.TARGET, certain=True)
    assert search.next_rate() is None
    assert search.not_met == 50


def test_what_nobody_can_know_is_not_tried_again() -> None:
    search = Search(50, 20_000, 0.1)
    search.record(50, Limit.UNKNOWN)
    assert search.next_rate() is None
    assert search.limit is Limit.UNKNOWN


def test_a_doubted_failure_stands_when_no_time_is_left_to_repeat_it() -> None:
    search = Search(50, 20_000, 0.1)
    search.record(50, None)
    search.record(100, Limit.GENERATOR)
    assert search.next_rate() == 100
    search.settle()
    assert (search.met, search.not_met, search.limit) == (50, 100, Limit.GENERATOR)
