import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from results.journal.record import Cause
from results.stalls import Stalls
from tests.results.recorded import BEGAN, MS, journal, operation, stall, taken

moments = st.integers(0, 60)
intervals = st.tuples(moments, moments).map(lambda pair: (min(pair), max(pair)))


def ms(times: np.ndarray) -> list[list[int]]:
    return ((times - BEGAN) // MS).tolist()  # type: ignore[no-any-return]


def test_stalls_of_several_workers_that_overlap_are_one() -> None:
    records = journal(stall(50, 60), stall(10, 30), operation(0, 0, 1), stall(20, 25), stall(30, 40))

    assert ms(Stalls.of(records).merged) == [[10, 40], [50, 60]]


def test_a_run_without_stalls_has_none() -> None:
    none = Stalls.of(operation(0, 0, 1))

    assert none.merged.shape == (0, 2)
    assert (none.longest, none.total, none.longest_collection, none.collected, none.taken) == (0, 0, 0, 0, 0)
    assert none.within(np.array([0]), np.array([9])).tolist() == [0]


def test_the_longest_stall_is_of_the_merged_ones() -> None:
    found = Stalls.of(journal(stall(0, 10), stall(8, 25), stall(40, 50)))
    assert (found.longest, found.total) == (25 * MS, 35 * MS)


def test_collections_are_stalls_and_told_apart_too() -> None:
    found = Stalls.of(journal(stall(0, 10), stall(2, 5, Cause.COLLECTION), stall(20, 30, Cause.COLLECTION)))
    assert ms(found.merged) == [[0, 10], [20, 30]]
    assert (found.longest_collection, found.collected) == (10 * MS, 13 * MS)


@given(st.lists(intervals, max_size=6), st.lists(intervals, min_size=1, max_size=6))
def test_the_overlap_is_the_stalled_part_of_each_operation(
    stalls: list[tuple[int, int]], calls: list[tuple[int, int]]
) -> None:
    found = Stalls.of(journal(*(stall(*interval) for interval in stalls))).within(
        np.array([BEGAN + sent * MS for sent, _ in calls]),
        np.array([BEGAN + done * MS for _, done in calls]),
    )

    stalled = {moment for begin, end in stalls for moment in range(begin, end)}
    assert found.tolist() == [len(stalled & set(range(*call))) * MS for call in calls]


def lost(*records: np.ndarray, sent: int, done: int) -> int:
    """How many milliseconds of an operation may have been the generator's; BEGAN is where a look at the CPU began."""
    found = Stalls.of(journal(*records)).within(np.array([BEGAN + sent * MS]), np.array([BEGAN + done * MS]))
    return int(found[0]) // MS


def test_what_others_took_is_held_against_an_operation_as_far_as_it_can_have_hit_it() -> None:
    look = taken(0, 49, 8)
    assert lost(look, sent=10, done=40) == 8  # all 8 may lie within its 30
    assert lost(look, sent=20, done=25) == 5  # no more than it took
    assert lost(look, sent=47, done=90) == 3  # only 3 of its own lie where they may have been
    assert lost(look, sent=50, done=90) == 0
    assert lost(taken(0, 49, 8), taken(50, 99, 4), taken(100, 149, 2), sent=10, done=140) == 14


def test_of_several_workers_the_one_that_lost_most_counts() -> None:
    assert lost(taken(0, 49, 8), taken(0, 49, 20), sent=0, done=49) == 20


def test_a_long_look_may_have_lost_any_of_its_moments() -> None:
    look = taken(0, 499, 450)
    assert lost(look, sent=200, done=230) == 30
    assert lost(look, sent=0, done=499) == 499
    assert Stalls.of(look).taken == 450 * MS


def test_nothing_more_than_an_operations_own_time_is_taken_from_it() -> None:
    assert lost(stall(0, 49), taken(0, 49, 30), sent=10, done=30) == 20
